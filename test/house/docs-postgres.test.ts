/** The queries of docs/operations.md for PostgreSQL run on a real outbox, as read-only as the page says. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '../../src/core/clock.ts';
import { openPostgresOutbox } from '../../src/core/outbox/postgres/engine.ts';
import { SILENT_LOG } from '../contract/postgres-steps.ts';
import { sharedPostgres } from '../support/postgres/shared-postgres.ts';
import { fencesOf, readPage } from './docs-markdown.ts';

const QUERIES = fencesOf(readPage('docs/operations.md')).filter(({ language }) => language === 'pgsql');

test('the page has queries for PostgreSQL', () => assert.ok(QUERIES.length >= 5));

describe('the queries for PostgreSQL', () => {
  let client: Client;
  let remove: () => Promise<void>;

  before(async () => {
    const server = await sharedPostgres();
    const { name: database, drop } = await server.freshDatabase();
    const { host, port, user } = server;
    const address = { host, port, user, database, schema: 'notifierd' };
    const { outbox } = await openPostgresOutbox({
      address,
      connections: 3,
      clock: systemClock,
      log: SILENT_LOG,
    });
    await outbox.close();
    client = new Client({ host, port, user, database });
    await client.connect();
    await client.query('set search_path to notifierd; set default_transaction_read_only to on');
    remove = drop;
  });
  after(async () => {
    await client?.end();
    await remove?.();
  });

  for (const { text, line } of QUERIES) {
    test(`that of line ${line} runs`, async () => {
      const { rows } = await client.query(text);
      assert.ok(Array.isArray(rows));
    });
  }
});
