/**
 * One notifierd of several on one PostgreSQL: a real process behind a network of its own to the database. It may be killed, stopped in its
 * tracks, cut off and started again, always at the same address, as a pod behind its Service.
 */
import { type CutNetwork, startCutNetwork } from '../cut-network.ts';
import { type Daemon, startDaemon } from '../daemon.ts';
import { ownPort } from '../own-port.ts';
import type { Exit } from '../processes.ts';

/** A replica, at work or not. */
export interface Replica {
  /** For messages: `replica 0`. */
  readonly name: string;
  /** The same over all its lives, without a slash at the end. */
  readonly url: string;
  /** Between it and PostgreSQL. */
  readonly network: CutNetwork;
  /** Started, and not asked to end since. A process that is stopped in its tracks is up. */
  isUp(): boolean;
  /** Starts it; resolves once it listens. `node`: another version of the product (next-version.ts). */
  start(node?: string): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<Exit>;
  /** SIGKILL, and waits for the end. */
  kill9(): Promise<void>;
  /** SIGSTOP. */
  freeze(): void;
  /** SIGCONT; no harm if it is not stopped. */
  thaw(): void;
  /** What it logged in all its lives. */
  logs(): string;
  /** Ends of which nobody had asked, with the last words. */
  crashes(): readonly string[];
  /** Ends it and its network; rejects if it does not stop in order. */
  close(): Promise<void>;
}

/** What it runs with. */
export interface ReplicaOptions {
  readonly name: string;
  /** Where PostgreSQL is. */
  readonly database: { readonly host: string; readonly port: number; readonly name: string };
  /** The configuration, but for the outbox's address and the port. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How long a lease lasts. */
  readonly lease: string;
}

/** A replica that is not yet started. */
export async function createReplica({ name, database, config, lease }: ReplicaOptions): Promise<Replica> {
  const network = await startCutNetwork(database);
  const port = await ownPort();
  const whole = {
    ...config,
    http: { port },
    outbox: {
      url: `postgres://postgres@${network.host}:${network.port}/${database.name}?sslmode=disable`,
      lease,
    },
  };
  const lives: Daemon[] = [];
  const crashes: string[] = [];
  let current: Daemon | undefined;

  /** From now on its end is no surprise. */
  function letGo(): Daemon | undefined {
    const daemon = current;
    current = undefined;
    return daemon;
  }

  const replica: Replica = {
    name,
    url: `http://127.0.0.1:${port}`,
    network,
    isUp: () => current !== undefined,
    async start(node) {
      if (current !== undefined) throw new Error(`${name} is up already`);
      const daemon = await startDaemon({ config: whole, ...(node === undefined ? {} : { node }) });
      current = daemon;
      lives.push(daemon);
      void daemon.exited.then(({ code, signal }) => {
        if (current === daemon)
          crashes.push(`${name} ended with ${code ?? signal}:\n${daemon.logs().slice(-2_000)}`);
      });
    },
    async stop() {
      replica.thaw();
      return (await letGo()?.stop()) ?? { code: 0, signal: null };
    },
    kill9: async () => void (await letGo()?.kill9()),
    freeze: () => send(current, 'SIGSTOP'),
    thaw: () => send(current, 'SIGCONT'),
    logs: () => lives.map((daemon) => daemon.logs()).join(''),
    crashes: () => crashes,
    async close() {
      await network.heal();
      const { code, signal } = await replica.stop();
      await network.close();
      if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}`);
    },
  };
  return replica;
}

function send(daemon: Daemon | undefined, signal: NodeJS.Signals): void {
  if (daemon !== undefined) process.kill(daemon.pid, signal);
}
