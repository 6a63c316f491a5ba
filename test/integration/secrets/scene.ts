/**
 * A real daemon with many DingTalk sinks, a simulator that gives each of them its trouble, perhaps a proxy between the two, and the
 * list of every secret in it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import type { FaultOrder } from '../../support/dingtalk-sim/fault-plan.ts';
import type { SimRobot } from '../../support/dingtalk-sim/robot.ts';
import { type DingTalkSim, startDingTalkSim } from '../../support/dingtalk-sim/server.ts';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.ts';
import { ownPort } from '../../support/own-port.ts';
import type { NamedSecrets } from '../../support/leaks.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { madeUpSecret, makeBan, makeTroubles, type TroubledSink } from './troubles.ts';

/** How the daemon is set up. */
export interface SceneOptions {
  readonly format: 'json' | 'text';
  readonly proxied: boolean;
}

/** All parts, at work until the test ends. */
export interface Scene {
  readonly daemon: Daemon;
  readonly sim: DingTalkSim;
  readonly proxy: ForwardProxy;
  readonly sinks: readonly TroubledSink[];
  readonly ban: TroubledSink;
  readonly bearerToken: string;
  /** A token that somebody sends and that is not the right one: it may be right elsewhere. */
  readonly otherToken: string;
  readonly secrets: NamedSecrets;
  /** Every file of the outbox, as it is on the disk now. */
  outboxFiles(): readonly { readonly name: string; readonly bytes: Buffer }[];
}

const PROXY_USER = 'ops';

/** Starts everything. */
export async function startScene({ format, proxied }: SceneOptions, context: TestContext): Promise<Scene> {
  const [sinks, ban] = [makeTroubles(), makeBan()];
  const all = [...sinks, ban];
  const [bearerToken, otherToken] = [madeUpSecret('bearer'), madeUpSecret('other')];
  const password = madeUpSecret('proxy');
  const proxy = await startForwardProxy({ user: PROXY_USER, password });
  context.after(proxy.close);
  const sim = await startDingTalkSim({ robots: all.flatMap(robotOf), faults: all.flatMap(faultOf) });
  context.after(sim.close);
  const dir = createTempDir();
  context.after(dir.remove);
  mkdirSync(join(dir.path, 'secrets'));
  const daemon = await startDaemon({
    dir: dir.path,
    config: {
      http: { auth: { bearer_token_file: writeSecret(dir.path, 'bearer', bearerToken) } },
      log: { level: 'debug', format },
      outbox: { url: 'sqlite:outbox/notifierd.db' },
      delivery: {
        timeout: '60s',
        shutdown_grace: '1s',
        ...(proxied
          ? { proxy: `http://${PROXY_USER}:${encodeURIComponent(password)}@${proxy.address}` }
          : {}),
      },
      sinks: Object.fromEntries(
        await Promise.all(all.map(async (sink) => [sink.name, await sinkConfig(sink, dir.path, sim.url)])),
      ),
    },
  });
  context.after(() => daemon.kill9());
  return {
    daemon,
    sim,
    proxy,
    sinks,
    ban,
    bearerToken,
    otherToken,
    secrets: {
      'bearer token': bearerToken,
      'other bearer token': otherToken,
      ...(proxied ? { 'proxy password': password } : {}),
      ...Object.fromEntries(
        all.flatMap(({ name, token, secret }) => [
          [`${name}: token`, token],
          [`${name}: secret`, secret],
        ]),
      ),
    },
    outboxFiles() {
      const folder = join(dir.path, 'outbox');
      return readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
    },
  };
}

async function sinkConfig(
  { name, token, secret }: TroubledSink,
  dir: string,
  simUrl: string,
): Promise<object> {
  return {
    plugin: 'dingtalk',
    endpoint: name === 'unreachable' ? `http://127.0.0.1:${await ownPort()}` : simUrl,
    access_token_file: writeSecret(dir, `${name}-token`, token),
    secret_file: writeSecret(dir, `${name}-secret`, secret),
  };
}

/** The robot as DingTalk knows it: of two sinks something else than what they were told. */
function robotOf({ name, token, secret }: TroubledSink): SimRobot[] {
  if (name === 'wrong-token') return [];
  return [{ name, token, secret: name === 'wrong-secret' ? `${secret}x` : secret }];
}

function faultOf({ name, fault }: TroubledSink): FaultOrder[] {
  return fault === undefined ? [] : [{ ...fault, robot: name }];
}

function writeSecret(dir: string, name: string, secret: string): string {
  writeFileSync(join(dir, 'secrets', name), `${secret}\n`, { mode: 0o600 });
  return join('secrets', name);
}
