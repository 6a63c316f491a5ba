/**
 * A stage for several replicas: a database of its own in a real PostgreSQL, the strict simulator as a process with some robots, each with a
 * sink and a lane of its own, and the replicas, all in real time.
 */
import { eventually, GaveUp } from '../eventually.ts';
import { type Postgres, startPostgres } from '../postgres/postgres.ts';
import type { Row } from '../postgres/superuser.ts';
import { type SimProcess, startSimProcess } from '../sim-process.ts';
import { createReplica, type Replica } from './replica.ts';

/** All that a trial of several replicas needs. */
export interface Stage {
  readonly postgres: Postgres;
  /** Its name in PostgreSQL. */
  readonly database: string;
  readonly sim: SimProcess;
  /** Names of the robots, and of their sinks and lanes. */
  readonly robots: readonly string[];
  readonly replicas: readonly Replica[];
  /** Asks the outbox itself, past the replicas and their networks. */
  query(sql: string): Promise<readonly Row[]>;
  /** Waits until nothing waits in any lane. Rejects at once if a limit was exceeded. */
  drained(withinMs: number): Promise<void>;
  /** Ends all of it, but for a PostgreSQL that others use. Rejects if a replica does not stop in order. A test that fails must come here too. */
  close(): Promise<void>;
}

/** How to build it. */
export interface StageOptions {
  /** One that others use as well; absent: one of its own. */
  readonly postgres?: Postgres;
  /** How many; each has a sink of the same name, and what has a label `namespace` of `NAME-…` or `robot` of `NAME` goes there. */
  readonly robots: number;
  /** How many; 3 unless told. */
  readonly replicas?: number;
  /** Which of them to start; all unless told. */
  readonly started?: readonly number[];
  /** Sections of the configuration beside or in place of those that the robots give. */
  readonly config?: (simUrl: string) => Readonly<Record<string, unknown>>;
}

/** How long a lease of a stage's replicas lasts, in milliseconds: the product's default. */
export const LEASE_MS = 10_000;
const MOST_LISTENERS = 200;

/** Starts everything; resolves once all replicas listen. */
export async function startStage(options: StageOptions): Promise<Stage> {
  // Each of its processes is ended with this one: so many listeners are no leak.
  process.setMaxListeners(MOST_LISTENERS);
  const postgres = options.postgres ?? (await startPostgres());
  const robots = Array.from({ length: options.robots }, (_, index) => `r${index}`);
  const database = await postgres.freshDatabase();
  const sim = await startSimProcess({ robots: robots.map((name) => `name=${name},token=token-${name}`) });
  const replicas: Replica[] = [];
  const close = async (): Promise<void> => {
    const ends = await Promise.allSettled(replicas.map((replica) => replica.close()));
    await sim.stop();
    if (options.postgres === undefined) await postgres.remove();
    else await database.drop();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  const query = async (sql: string): Promise<readonly Row[]> =>
    await postgres.query(`SET search_path TO notifierd; ${sql}`, database.name);
  try {
    const config = options.config?.(sim.url) ?? {};
    for (let index = 0; index < (options.replicas ?? 3); index++) {
      const { host, port } = postgres;
      const place = { host, port, name: database.name };
      const whole = { ...robotConfig(robots, sim.url), ...config };
      const lease = `${LEASE_MS / 1_000}s`;
      replicas.push(await createReplica({ name: `replica ${index}`, database: place, config: whole, lease }));
    }
    const started = replicas.filter((_, index) => options.started?.includes(index) ?? true);
    await Promise.all(started.map((replica) => replica.start()));
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    postgres,
    database: database.name,
    sim,
    robots,
    replicas,
    query,
    async drained(withinMs) {
      await eventually('all lanes are empty', () => isDrained(sim, query), { withinMs, everyMs: 250 });
    },
    close,
  };
}

function robotConfig(robots: readonly string[], endpoint: string): Readonly<Record<string, unknown>> {
  const sinks = robots.map((name) => [name, { plugin: 'dingtalk', endpoint, access_token: `token-${name}` }]);
  const routes = robots.flatMap((name) => [
    { matchers: [`robot="${name}"`], sinks: [name] },
    { matchers: [`namespace=~"${name}-.*"`], sinks: [name] },
  ]);
  return { sinks: Object.fromEntries(sinks), routes };
}

async function isDrained(sim: SimProcess, query: Stage['query']): Promise<boolean> {
  // The robot is blocked for ten minutes and more then.
  const [violation] = await sim.violations();
  if (violation !== undefined) throw new GaveUp(`a limit was exceeded: ${JSON.stringify(violation)}`);
  const [row] = await query('SELECT coalesce(sum(waiting), 0)::int AS waiting FROM lane');
  return row?.waiting === 0;
}
