/**
 * A real PostgreSQL for one test: in a temporary folder, on 127.0.0.1, started in about a second, and made to stop, crash, stall or come
 * back as the test wants. Tests that only need a database share one server (shared-postgres.ts).
 */
import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownPort } from '../own-port.ts';
import { lastLines } from '../processes.ts';
import { createTempDir, type TempDir } from '../temp-dir.ts';
import { type Cluster, createCluster, SUPERUSER } from './cluster.ts';
import { createFreshDatabases, type FreshDatabase } from './fresh-database.ts';
import { type Account, findInstallation, type Installation, serverAccount } from './installation.ts';
import { type Postmaster, type StopMode, startPostmaster } from './postmaster.ts';
import { freeSharedMemory } from './shared-memory.ts';
import { createSuperuser, quoteName, type Superuser } from './superuser.ts';

/** A server and its cluster, running or not. */
export interface Postgres extends Superuser {
  /** 127.0.0.1; the port stays the same over restarts. */
  readonly host: string;
  readonly port: number;
  /** Where its Unix socket is: node-postgres takes it as `host`. Nobody is asked for a password there. */
  readonly socketDir: string;
  /** The superuser. */
  readonly user: string;
  readonly database: string;
  /** The certificate of its authority, in a file and as text. Absent without TLS. */
  readonly caFile?: string;
  readonly caPem?: string;
  /** Of the postmaster, now; of the last one if it does not run. */
  readonly pid: number;
  /** `postgres://…` over TCP, password included. Nothing in it asks for TLS. */
  url(database?: string): string;
  /** What the server wrote to its log: the last lines. */
  logs(): string;
  createDatabase(name: string): Promise<void>;
  freshDatabase(): Promise<FreshDatabase>;
  /** Ends it (`fast` unless told) and keeps its cluster. No harm if it does not run. */
  stop(mode?: StopMode): Promise<void>;
  /** Starts it on the same cluster and port, after stop() or kill9(). */
  start(): Promise<void>;
  /** stop('fast') and start(). */
  restart(): Promise<void>;
  /** SIGKILL to all of its processes: a crash. */
  kill9(): Promise<void>;
  /** SIGSTOP to all of its processes: connections stay open, and nobody answers. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its cluster; twice is fine. */
  remove(): Promise<void>;
}

/** What is special about it. */
export interface PostgresOptions {
  /** Settings of postgresql.conf; setting() can overrule them later. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False unless told: a crash of PostgreSQL alone loses nothing without it, and no test here cuts the power. */
  readonly fsync?: boolean;
  /** The superuser's, asked for on TCP by SCRAM; without it everybody is let in. */
  readonly password?: string;
  /** Whether TCP connections may or must be encrypted; without it they cannot be. */
  readonly tls?: 'offered' | 'required';
  /** The programs; the first that is found unless told. */
  readonly installation?: Installation;
  /** False: the test process may end while it runs, and ends it then. True unless told: who forgets remove() shall hear of it. */
  readonly holdsTestProcess?: boolean;
}

const HOST = '127.0.0.1';

/** Starts one; resolves when it takes connections. Rejects with what initdb or the server said. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const account = serverAccount();
  const installation = options.installation ?? findInstallation(account);
  const dir = createTempDir();
  try {
    giveTo(account, dir.path);
    const port = await ownPort();
    const cluster = await createCluster({
      installation,
      account,
      folder: dir.path,
      port,
      settings: { fsync: options.fsync === true ? 'on' : 'off', ...options.settings },
      password: options.password,
      tls: options.tls,
    });
    const logFile = join(dir.path, 'log');
    const run = () =>
      startPostmaster({
        installation,
        account,
        clusterFolder: cluster.folder,
        logFile,
        holdsTestProcess: options.holdsTestProcess ?? true,
      });
    const parts = { dir, cluster, port, installation, logFile, run, password: options.password };
    return createPostgres(parts, await run());
  } catch (error) {
    dir.remove();
    throw error;
  }
}

interface Parts {
  readonly dir: TempDir;
  readonly cluster: Cluster;
  readonly port: number;
  readonly installation: Installation;
  readonly logFile: string;
  readonly password: string | undefined;
  run(): Promise<Postmaster>;
}

function createPostgres(parts: Parts, first: Postmaster): Postgres {
  const { dir, cluster, port } = parts;
  let postmaster = first;
  const superuser = createSuperuser(dir.path, port);
  const url = (database = SUPERUSER) => urlOf(parts, database);
  const { caFile, caPem } = cluster;
  const postgres: Postgres = {
    ...superuser,
    host: HOST,
    port,
    socketDir: dir.path,
    user: SUPERUSER,
    database: SUPERUSER,
    ...(caFile === undefined || caPem === undefined ? {} : { caFile, caPem }),
    get pid() {
      return postmaster.pid;
    },
    url,
    logs: () => lastLines(readFileSync(parts.logFile, 'utf8')),
    createDatabase: async (name) => void (await superuser.query(`CREATE DATABASE ${quoteName(name)}`)),
    freshDatabase: createFreshDatabases(superuser, parts.installation, url),
    stop: async (mode = 'fast') => void (await postmaster.stop(mode)),
    async start() {
      if (postmaster.isRunning()) throw new Error('PostgreSQL is running: stop() or kill9() it first');
      postmaster = await parts.run();
    },
    async restart() {
      await postgres.stop();
      await postgres.start();
    },
    kill9: async () => void (await postmaster.kill9()),
    pause: () => postmaster.pause(),
    resume: () => postmaster.resume(),
    async remove() {
      await postmaster.stop('immediate');
      freeSharedMemory(cluster.folder);
      dir.remove();
    },
  };
  return postgres;
}

/** The folder is private to who runs the tests. The server needs it all, and its clients need to get to the socket. */
function giveTo({ uid, gid }: Account, folder: string): void {
  if (uid === undefined || gid === undefined) return;
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o755);
}

function urlOf({ port, password }: Parts, database: string): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  return `postgres://${SUPERUSER}${secret}@${HOST}:${port}/${encodeURIComponent(database)}`;
}
