/**
 * How replicas hear of each other's work: LISTEN and NOTIFY (https://www.postgresql.org/docs/current/sql-notify.html). Told with the commit
 * of what is new; whoever was not listening then looks by itself now and then.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../clock.ts';
import type { Database } from '../operations/database.ts';
import { clientConfig, type Patience, type PostgresAddress, sessionSettings } from './address.ts';

/** Lanes in which something waits, or `all`: look at everything. */
export type News = readonly string[] | 'all';

/** Listens until it is closed. */
export interface NewsListener {
  close(): Promise<void>;
}

/** What listening needs. */
export interface NewsOptions {
  readonly channel: string;
  readonly clock: Clock;
  onNews(news: News): void;
}

/** The schema's own channel; names are cut after 63 bytes. */
export function channelOf({ schema }: PostgresAddress): string {
  return `notifierd_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

/** Heard when the transaction commits. */
export async function tellNews(db: Database, channel: string, news: News): Promise<void> {
  if (news.length === 0) return;
  const text = JSON.stringify(news);
  // A payload has less than 8,000 bytes.
  const payload = Buffer.byteLength(text) < 7_900 ? text : JSON.stringify('all');
  await sql`select pg_notify(${channel}, ${payload})`.execute(db);
}

const RETRY_MS = 1_000;
/** A connection that is cut off is silent for ever: it is asked now and then whether it is still there. */
const ASK_EVERY_MS = 5_000;

/** Connects by itself, again and again; after each time everything is looked at, because nobody knows what was missed. */
export function listenForNews(
  address: PostgresAddress,
  patience: Patience,
  { channel, clock, onNews }: NewsOptions,
): NewsListener {
  const closing = new AbortController();

  async function listen(): Promise<void> {
    const client = new pg.Client(clientConfig(address, patience));
    const broken = new AbortController();
    client.on('error', () => broken.abort());
    client.on('end', () => broken.abort());
    client.on('notification', ({ payload }) => onNews(parseNews(payload)));
    try {
      await client.connect();
      await client.query(`${sessionSettings(address, {})}; listen ${channel}`);
      onNews('all');
      const over = AbortSignal.any([closing.signal, broken.signal]);
      while (!over.aborted) {
        await clock.wait(ASK_EVERY_MS, over);
        if (!over.aborted) await client.query('select 1');
      }
    } finally {
      // A connection that is cut off cannot say goodbye.
      void client.end().catch(() => undefined);
    }
  }

  const listening = (async () => {
    while (!closing.signal.aborted) {
      // The pool's users tell of a server that is away.
      await listen().catch(() => undefined);
      await clock.wait(RETRY_MS, closing.signal);
    }
  })();
  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}

/** Anybody can notify on a channel: what is not ours means no more than that something may have happened. */
function parseNews(payload: string | undefined): News {
  try {
    const news: unknown = JSON.parse(payload ?? '');
    return Array.isArray(news) ? news.map(String) : 'all';
  } catch {
    return 'all';
  }
}
