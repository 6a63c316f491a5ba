/** Starting on a PostgreSQL that answers, or seems to, and cannot be used yet: it is waited for, and the waiting ends when somebody asks. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { MAIN } from '../support/cli.ts';
import { startCutNetwork } from '../support/cut-network.ts';
import { eventually } from '../support/eventually.ts';
import { type Postgres, startPostgres } from '../support/postgres/postgres.ts';
import { type RunningProgram, startProgram } from '../support/processes.ts';
import { createTempDir } from '../support/temp-dir.ts';

const LIMITS = { timeout: 60_000 };
const ENDS_WITHIN_MS = 2_500;
const ENDED_WELL = { code: 0, signal: null };

const dir = createTempDir();
let postgres: Postgres;
before(async () => {
  postgres = await startPostgres();
});
after(async () => {
  await postgres.remove();
  dir.remove();
});

async function serve(port: number, database = 'postgres'): Promise<RunningProgram> {
  const file = join(dir.path, 'notifierd.yaml');
  const config = {
    outbox: { url: `postgres://postgres@127.0.0.1:${port}/${database}` },
    http: { host: '127.0.0.1', port: 0 },
    sinks: { console: { plugin: 'console' } },
  };
  writeFileSync(file, JSON.stringify(config));
  return await startProgram(process.execPath, [MAIN, 'serve', '--config', file]);
}

test('a standby is waited for until it takes writes', LIMITS, async (t) => {
  await postgres.setting('default_transaction_read_only', 'on');
  const program = await serve(postgres.port);
  t.after(() => program.kill9());
  await eventually('it says so', () => /cannot be used yet.*read-only/.test(program.stderr()));
  assert.doesNotMatch(program.stderr(), /listening/);
  await postgres.setting('default_transaction_read_only', 'off');
  await eventually('it listens', () => /listening/.test(program.stderr()));
  assert.equal(program.stderr().match(/cannot be used yet/g)?.length, 1, 'said once');
  assert.deepEqual(await program.stop(), ENDED_WELL);
});

test('SIGTERM ends the waiting for a server that never answers', LIMITS, async (t) => {
  const network = await startCutNetwork(postgres);
  t.after(() => network.close());
  await network.cut();
  const program = await serve(network.port);
  t.after(() => program.kill9());
  await eventually('it knocks', () => network.connections() > 0);
  await assertEndsSoon(program);
});

test('SIGTERM ends the waiting for a replica that migrates the outbox first', LIMITS, async (t) => {
  const { name } = await postgres.freshDatabase();
  const { socketDir, port, user } = postgres;
  const first = new pg.Client({ host: socketDir, port, user, database: name });
  await first.connect();
  t.after(() => first.end());
  await first.query("select pg_advisory_lock(hashtextextended('notifierd notifierd', 0))");
  const program = await serve(port, name);
  t.after(() => program.kill9());
  await eventually('it waits for its turn', async () => {
    const rows = await postgres.query("select from pg_locks where locktype = 'advisory' and not granted");
    return rows.length > 0;
  });
  await assertEndsSoon(program);
});

async function assertEndsSoon(program: RunningProgram): Promise<void> {
  const began = performance.now();
  assert.deepEqual(await program.stop(), ENDED_WELL, program.stderr());
  const tookMs = performance.now() - began;
  assert.ok(tookMs < ENDS_WITHIN_MS, `${Math.round(tookMs)} ms`);
}
