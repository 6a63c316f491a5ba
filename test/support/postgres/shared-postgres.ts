/**
 * One PostgreSQL for all tests of a test process, each of which takes a fresh database of it. Whoever stops, breaks or tunes a server
 * starts one of its own (postgres.ts).
 */
import { type Postgres, startPostgres } from './postgres.ts';

/** What tests may do to a server that others use at the same time. */
export type SharedPostgres = Pick<
  Postgres,
  'host' | 'port' | 'socketDir' | 'user' | 'pid' | 'logs' | 'query' | 'url' | 'freshDatabase'
>;

/** State of the test process, which is what shares it: set by the first test that asks. */
let shared: Promise<SharedPostgres> | undefined;

/** The server of this process. The first call starts it, in about a second; it ends with the process, and keeps none from ending. */
export function sharedPostgres(): Promise<SharedPostgres> {
  shared ??= startPostgres({ holdsTestProcess: false });
  return shared;
}
