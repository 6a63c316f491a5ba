/** An address as people read it. */
import type { PostgresAddress } from './address.ts';

/** In one line, without a password. */
export function describeAddress({ user, host, port, database, schema }: PostgresAddress): string {
  return `postgres://${user}@${host}:${port}/${database} (schema ${schema})`;
}
