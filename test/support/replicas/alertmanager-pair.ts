/**
 * Two real Alertmanagers, as a highly available setup has them: the same alerts come to both, and each posts to a notifierd of its own. In a
 * cluster the second sends what the first has not; with their gossip broken both send everything.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostableAlert } from '../alertmanager.ts';
import { eventually } from '../eventually.ts';
import { ownPort } from '../own-port.ts';
import { type Exit, lastLines, type RunningProgram, startProgram, waitForAnswer } from '../processes.ts';
import { pathOf, REQUIREMENTS } from '../programs.ts';
import { createTempDir } from '../temp-dir.ts';

/** The two of them. */
export interface AlertmanagerPair {
  /** Posts alerts as Prometheus would, to each that is up. */
  postAlerts(alerts: readonly PostableAlert[]): Promise<void>;
  /** SIGKILL to the first (0) or the second (1), and waits for the end. */
  kill9(position: 0 | 1): Promise<Exit>;
  /** Ends both and removes their directories. */
  stop(): Promise<void>;
}

/** Where they send to, and whether they know of each other. */
export interface PairOptions {
  /** Of the first, and of the second. */
  readonly webhookUrls: readonly [string, string];
  /** False: their gossip is broken. */
  readonly clustered: boolean;
}

/** Alertmanager, found once it runs. */
interface Member {
  readonly url: string;
  readonly program: RunningProgram;
}

/** The second waits so long for the first, https://prometheus.io/docs/alerting/latest/alertmanager/#high-availability */
const PEER_TIMEOUT = '2s';

/** Starts both; resolves when they are ready and, if they are to, have found each other. */
export async function startAlertmanagerPair({
  webhookUrls,
  clustered,
}: PairOptions): Promise<AlertmanagerPair> {
  const dir = createTempDir();
  const addresses = [`127.0.0.1:${await ownPort()}`, `127.0.0.1:${await ownPort()}`];
  const members: Member[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(members.map(({ program }) => program.stop()));
    dir.remove();
  };
  try {
    for (const [position, webhookUrl] of webhookUrls.entries()) {
      const cluster = clustered ? clusterFlags(addresses, position) : ['--cluster.listen-address='];
      members.push(await startMember(join(dir.path, String(position)), { webhookUrl, cluster }));
    }
    for (const { program, url } of members) await waitForAnswer(program, `${url}/-/ready`);
    if (clustered) await Promise.all(members.map(knowsBoth));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    async postAlerts(alerts) {
      await Promise.all(
        members
          .filter(({ program }) => program.isRunning())
          .map(async (member) => await post(member, alerts)),
      );
    },
    async kill9(position) {
      const member = members[position];
      if (member === undefined) throw new Error('there are two');
      return await member.program.kill9();
    },
  };
}

function clusterFlags(addresses: readonly string[], position: number): readonly string[] {
  const [own = '', other = ''] = position === 0 ? addresses : addresses.toReversed();
  return [
    `--cluster.listen-address=${own}`,
    `--cluster.advertise-address=${own}`,
    `--cluster.peer=${other}`,
    `--cluster.peer-timeout=${PEER_TIMEOUT}`,
    '--cluster.gossip-interval=50ms',
    '--cluster.pushpull-interval=1s',
    '--cluster.reconnect-interval=1s',
    '--cluster.settle-timeout=2s',
  ];
}

async function startMember(
  path: string,
  { webhookUrl, cluster }: { readonly webhookUrl: string; readonly cluster: readonly string[] },
): Promise<Member> {
  const file = `${path}.yml`;
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configOf(webhookUrl)));
  const port = await ownPort();
  const program = await startProgram(pathOf(REQUIREMENTS.alertmanager), [
    `--config.file=${file}`,
    `--storage.path=${path}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=debug',
    ...cluster,
  ]);
  return { url: `http://127.0.0.1:${port}`, program };
}

function configOf(url: string): object {
  return {
    route: {
      receiver: 'notifierd',
      group_by: ['alertname'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'notifierd', webhook_configs: [{ url, send_resolved: true }] }],
  };
}

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: clusterStatus */
async function knowsBoth({ url }: Member): Promise<void> {
  await eventually('the Alertmanagers have found each other', async () => {
    const status: unknown = await (await fetch(`${url}/api/v2/status`)).json();
    // As the API's description has it.
    const { cluster } = status as { cluster: { status: string; peers?: readonly unknown[] } };
    return cluster.status === 'ready' && cluster.peers?.length === 2;
  });
}

async function post({ url, program }: Member, alerts: readonly PostableAlert[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`Alertmanager answered ${answer.status}: ${text}\n${lastLines(program.stderr())}`);
}
