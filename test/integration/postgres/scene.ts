/**
 * Daemons on a PostgreSQL of their own, each on a way of its own to it, and the books that are kept meanwhile: what was acknowledged, and
 * what people were told. The trouble itself is each test's own. The daemons connect as an ordinary user, who has none of the connections
 * that the server keeps for its superuser.
 */
import assert from 'node:assert/strict';
import { type CutNetwork, startCutNetwork } from '../../support/cut-network.ts';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { type DingTalkSim, startDingTalkSim } from '../../support/dingtalk-sim/server.ts';
import { eventually } from '../../support/eventually.ts';
import { type Postgres, type PostgresOptions, startPostgres } from '../../support/postgres/postgres.ts';
import type { Row } from '../../support/postgres/superuser.ts';
import { namesOf, toldIn } from '../../support/told.ts';
import { type Answer, postForAnswer, webhookBody } from '../../support/webhook.ts';

export type { Answer } from '../../support/webhook.ts';

/** One notifierd at work. */
export interface SceneReplica {
  readonly daemon: Daemon;
  /** Between it and PostgreSQL. */
  readonly network: CutNetwork;
  /** Posts the webhook of this name, the same bytes each time: one alert of that name, for the robot that the name ends with. */
  post(name: string): Promise<Answer>;
  /** Posts it as Alertmanager does, until it is acknowledged. */
  postUntilAcknowledged(name: string): Promise<void>;
  /** What `/-/ready` says: its status, a blank, its text. */
  ready(): Promise<string>;
}

/** PostgreSQL, the robots and the books. */
export interface PostgresScene {
  readonly postgres: Postgres;
  readonly sim: DingTalkSim;
  /** Of the daemons. */
  readonly database: string;
  /** One more, which listens when this resolves. */
  startReplica(): Promise<SceneReplica>;
  /** Runs SQL in the daemons' schema, as the superuser. */
  query(sql: string): Promise<readonly Row[]>;
  /** The processes of the server that work for the daemons. */
  backends(): Promise<readonly unknown[]>;
  /** Waits until every acknowledged alert was shown; rejects if one was shown twice, or a limit exceeded. */
  allToldOnce(): Promise<void>;
  /** Ends everything. */
  close(): Promise<void>;
}

/** Their names are digits: alerts end with one of them. */
export const ROBOTS = ['0', '1', '2'];
/** The role of the daemons. */
export const USER = 'notifierd';
/** Most connections of each. */
export const CONNECTIONS = 4;
/** As configured. */
export const LEASE_MS = 10_000;

/** Longer than the longest pause of a lane that could not use its outbox, and a busy machine. */
const TOLD_WITHIN_MS = 60_000;

/** Starts the server and the robots; no daemon yet. */
export async function startPostgresScene(options: PostgresOptions = {}): Promise<PostgresScene> {
  const postgres = await startPostgres(options);
  const robots = ROBOTS.map((name) => ({ name, token: tokenOf(name) }));
  const sim = await startDingTalkSim({ robots });
  const { name: database } = await postgres.freshDatabase();
  await postgres.query(`create role ${USER} login; grant create on database ${database} to ${USER}`);
  const acknowledged = new Set<string>();
  const replicas: SceneReplica[] = [];

  return {
    postgres,
    sim,
    database,
    async startReplica() {
      const network = await startCutNetwork(postgres);
      const daemon = await startDaemon({ config: configOf(sim.url, network, database) });
      const replica = createReplica({ daemon, network, acknowledged });
      replicas.push(replica);
      return replica;
    },
    query: async (sql) => await postgres.query(`set search_path to notifierd; ${sql}`, database),
    async backends() {
      const rows = await postgres.query(
        `select pid from pg_stat_activity where usename = '${USER}' and application_name like 'notifierd %'`,
      );
      return rows.map(({ pid }) => pid);
    },
    async allToldOnce() {
      const missing = () =>
        [...acknowledged].filter((name) => !namesOf(toldIn(sim.messages())).includes(name));
      await eventually('every acknowledged alert is shown', () => assert.deepEqual(missing(), []) ?? true, {
        withinMs: TOLD_WITHIN_MS,
      });
      const told = namesOf(toldIn(sim.messages()));
      assert.deepEqual(
        told.filter((name, index) => told.indexOf(name) !== index),
        [],
        'shown twice',
      );
      assert.deepEqual(sim.violations(), []);
    },
    async close() {
      for (const { daemon, network } of replicas) {
        await daemon.kill9();
        await network.heal();
        // Node 26 may not end after a reset of a connection that is just being shut down.
        await eventually('its connections have ended', () => network.connections() === 0);
        await network.close();
      }
      await sim.close();
      await postgres.remove();
    },
  };
}

/** A configuration that leads to this database. */
export function configOf(
  endpoint: string,
  { host, port }: { readonly host: string; readonly port: number },
  database: string,
): Readonly<Record<string, unknown>> {
  const sinks = ROBOTS.map((name) => [
    `robot-${name}`,
    { plugin: 'dingtalk', endpoint, access_token: tokenOf(name) },
  ]);
  return {
    outbox: {
      url: `postgres://${USER}@${host}:${port}/${database}?sslmode=disable`,
      connections: CONNECTIONS,
      lease: `${LEASE_MS / 1_000}s`,
    },
    // What is tested here is not how long alerts are collected.
    delivery: { gather: '0s', gather_critical: '0s' },
    sinks: Object.fromEntries(sinks),
    routes: ROBOTS.map((name) => ({ matchers: [`robot="${name}"`], sinks: [`robot-${name}`] })),
  };
}

function tokenOf(robot: string): string {
  return `postgres-token-${robot}`;
}

function createReplica({
  daemon,
  network,
  acknowledged,
}: Pick<SceneReplica, 'daemon' | 'network'> & { readonly acknowledged: Set<string> }): SceneReplica {
  async function post(name: string): Promise<Answer> {
    const body = webhookBody(name, [{ name, labels: { robot: name.at(-1) ?? '' } }]);
    const answer = await postForAnswer(daemon.url, body);
    if (answer.status === 200) acknowledged.add(name);
    return answer;
  }
  return {
    daemon,
    network,
    post,
    async postUntilAcknowledged(name) {
      await eventually(`${name} is acknowledged`, async () => (await post(name)).status === 200, {
        withinMs: TOLD_WITHIN_MS,
      });
    },
    async ready() {
      const answer = await fetch(`${daemon.url}/-/ready`);
      return `${answer.status} ${(await answer.text()).trim()}`;
    },
  };
}
