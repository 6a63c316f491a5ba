/**
 * A real Prometheus on 127.0.0.1 with a temporary directory of its own: scrapes what it is told, evaluates rules each second,
 * sends alerts to an Alertmanager, answers queries. promtool checks its configuration and rules before it starts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownPort } from './own-port.ts';
import { type Exit, startProgram, waitForAnswer } from './processes.ts';
import { pathOf, REQUIREMENTS } from './programs.ts';
import { createTempDir, type TempDir } from './temp-dir.ts';

/** A running Prometheus. */
export interface Prometheus {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  logs(): string;
  /** The samples of an instant query; rejects with Prometheus's message if it refuses the expression. */
  query(expr: string): Promise<readonly Sample[]>;
  /** Ends it and removes its directory. */
  stop(): Promise<Exit>;
}

/** One series and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alerting rule as https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ has it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What it scrapes, evaluates and tells whom. */
export interface PrometheusOptions {
  /** `address` is `host:port`; the path is `/metrics` unless told. */
  readonly scrape?: readonly { readonly job: string; readonly address: string; readonly path?: string }[];
  readonly rules?: readonly AlertRule[];
  /** `http://host:port` of an Alertmanager. */
  readonly alertmanagerUrl?: string;
  /** Between two evaluations and two scrapes, as Prometheus writes durations; 1s unless told. */
  readonly interval?: string;
  /** Between two sendings of an alert that fires; 1m, as Prometheus has it, unless told. What is not sent four times in a row ends. */
  readonly resendDelay?: string;
  /** What generatorURL begins with; its own address unless told. */
  readonly externalUrl?: string;
}

/** Starts one; resolves when it is ready. Rejects with promtool's faults, or with its log if it does not get there. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const binary = pathOf(REQUIREMENTS.prometheus);
  const dir = createTempDir();
  const file = writeConfig(dir, options);
  await promtool(['check', 'config', file]);
  const port = await ownPort();
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(dir.path, 'storage')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${options.externalUrl ?? url}`,
    // A path in the external URL must not move the API that the tests call.
    '--web.route-prefix=/',
    `--rules.alert.resend-delay=${options.resendDelay ?? '1m'}`,
  ]);
  const stop = async () => {
    const exit = await program.stop();
    dir.remove();
    return exit;
  };
  await waitForAnswer(program, `${url}/-/ready`).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, pid: program.pid, logs: program.stderr, query: (expr) => query(url, expr), stop };
}

/** Runs promtool to its end, with `input` if any; returns what it printed. Rejects with that if it finds a fault. */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const program = await startProgram(pathOf(REQUIREMENTS.promtool), args);
  program.write(input);
  program.endInput();
  const { code } = await program.exited;
  const output = program.stdout() + program.stderr();
  if (code !== 0) throw new Error(`promtool ${args.join(' ')} found faults:\n${output}`);
  return output;
}

function writeConfig(
  dir: TempDir,
  { scrape = [], rules = [], alertmanagerUrl, interval = '1s' }: PrometheusOptions,
): string {
  const rulesFile = join(dir.path, 'rules.yml');
  // JSON is YAML.
  writeFileSync(rulesFile, JSON.stringify({ groups: [{ name: 'test', rules }] }));
  const alertmanagers = alertmanagerUrl === undefined ? [] : [new URL(alertmanagerUrl).host];
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [rulesFile],
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: scrape.map(({ job, address, path = '/metrics' }) => ({
      job_name: job,
      metrics_path: path,
      static_configs: [{ targets: [address] }],
    })),
  };
  const file = join(dir.path, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
async function query(url: string, expr: string): Promise<readonly Sample[]> {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
  // Prometheus's documented answer; a test that meets another one fails on the next line.
  const body = (await answer.json()) as { error?: string; data?: { result: readonly VectorSample[] } };
  if (body.data === undefined)
    throw new Error(`Prometheus refused "${expr}": ${body.error ?? answer.status}`);
  return body.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}
