/**
 * A real Alertmanager on 127.0.0.1, alone (no cluster), with a temporary directory of its own and times short enough for a test.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownPort } from './own-port.ts';
import { type Exit, lastLines, startProgram, waitForAnswer } from './processes.ts';
import { pathOf, REQUIREMENTS } from './programs.ts';
import { createTempDir } from './temp-dir.ts';

/** A running Alertmanager. */
export interface Alertmanager {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  logs(): string;
  /** Posts alerts as Prometheus would; rejects unless it takes them. */
  postAlerts(alerts: readonly PostableAlert[]): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<Exit>;
}

/** An alert as https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml has it. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  /** In the past: resolved. */
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

/** Where it sends to, and how soon. */
export interface AlertmanagerOptions {
  /** Its one webhook. Not used with `config`. */
  readonly webhookUrl?: string;
  /** Durations as Alertmanager writes them: 1s, 2s and 1h unless told. */
  readonly groupWait?: string;
  readonly groupInterval?: string;
  readonly repeatInterval?: string;
  /** Labels; `['alertname']` unless told. */
  readonly groupBy?: readonly string[];
  /** A whole configuration instead of all the above. */
  readonly config?: object;
  /** What it puts into externalURL; its own address unless told. */
  readonly externalUrl?: string;
}

/** Starts one; resolves when it is ready. Rejects with its log if it does not get there. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const binary = pathOf(REQUIREMENTS.alertmanager);
  const dir = createTempDir();
  const file = join(dir.path, 'alertmanager.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(options.config ?? oneWebhook(options)));
  const port = await ownPort();
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, [
    `--config.file=${file}`,
    `--storage.path=${join(dir.path, 'storage')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${options.externalUrl ?? url}`,
    // A path in the external URL must not move the API that the tests call.
    '--web.route-prefix=/',
    '--cluster.listen-address=',
    '--log.level=debug',
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
  return {
    url,
    pid: program.pid,
    logs: program.stderr,
    stop,
    async postAlerts(alerts) {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      const text = await answer.text();
      if (!answer.ok)
        throw new Error(`Alertmanager answered ${answer.status}: ${text}\n${lastLines(program.stderr())}`);
    },
  };
}

function oneWebhook(options: AlertmanagerOptions): object {
  if (options.webhookUrl === undefined) throw new Error('startAlertmanager: give webhookUrl or config');
  return {
    route: {
      receiver: 'notifierd',
      group_by: options.groupBy ?? ['alertname'],
      group_wait: options.groupWait ?? '1s',
      group_interval: options.groupInterval ?? '2s',
      repeat_interval: options.repeatInterval ?? '1h',
    },
    receivers: [{ name: 'notifierd', webhook_configs: [{ url: options.webhookUrl, send_resolved: true }] }],
  };
}
