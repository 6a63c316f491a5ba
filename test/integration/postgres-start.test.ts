/**
 * A start on a PostgreSQL that cannot be used: what only a person can mend ends notifierd at once, with one text that says how and without
 * a secret (postgres-access.test.ts has what concerns encryption and rights); a server that is away is waited for.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MAIN, runCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { type Postgres, startPostgres } from '../support/postgres/postgres.ts';
import { startProgram } from '../support/processes.ts';
import { createTempDir } from '../support/temp-dir.ts';

const RIGHT = 'the-right-password';
const WRONG = 'a-wrong-password';

let plain: Postgres;
const dir = createTempDir();

before(async () => {
  plain = await startPostgres({ password: RIGHT });
  await plain.query(`create role poor login password '${RIGHT}'`);
});
after(async () => {
  await plain.remove();
  dir.remove();
});

interface Case {
  readonly name: string;
  readonly url: () => string;
  readonly password?: string;
  readonly expected: RegExp;
}

const to = ({ host, port }: Postgres, path: string, user = 'postgres'): string =>
  `postgres://${user}@${host}:${port}/${path}`;

const CASES: readonly Case[] = [
  {
    name: 'a wrong password',
    url: () => to(plain, 'postgres'),
    password: WRONG,
    expected: /password authentication failed[\s\S]*outbox\.password_file/,
  },
  { name: 'no password', url: () => to(plain, 'postgres'), expected: /set outbox\.password/ },
  {
    name: 'an unknown database',
    url: () => to(plain, 'nowhere'),
    password: RIGHT,
    expected: /"nowhere" does not exist[\s\S]*create the database/,
  },
  {
    name: 'a user who may not create',
    url: () => to(plain, 'postgres', 'poor'),
    password: RIGHT,
    expected: /permission denied[\s\S]*needs CREATE/,
  },
  {
    name: 'a server without TLS where it is asked for',
    url: () => `${to(plain, 'postgres')}?sslmode=verify-full`,
    password: RIGHT,
    expected: /does not support SSL[\s\S]*sslmode=disable/,
  },
];

function writeConfig(url: string, password?: string): string {
  const file = join(dir.path, 'notifierd.json');
  const outbox = { url, ...(password === undefined ? {} : { password }) };
  const http = { host: '127.0.0.1', port: 0 };
  writeFileSync(file, JSON.stringify({ http, outbox, sinks: { log: { plugin: 'console' } } }));
  return file;
}

describe('a start that only a person can make possible ends at once, and says how', () => {
  for (const { name, url, password, expected } of CASES) {
    test(name, async () => {
      const file = writeConfig(url(), password);
      const { code, stdout, stderr } = await runCli(['serve', '--config', file]);
      assert.equal(code, 1);
      assert.match(stderr, expected);
      for (const secret of [RIGHT, WRONG]) assert.ok(!`${stdout}${stderr}`.includes(secret));
    });
  }
});

test('a server that is away is waited for, and the wait ends when somebody asks', async () => {
  const { name, drop } = await plain.freshDatabase();
  await plain.stop();
  const file = writeConfig(to(plain, name), RIGHT);
  const waiting = await startProgram(process.execPath, [MAIN, 'serve', '--config', file], {});
  await eventually('it waits', () => waiting.stderr().includes('PostgreSQL cannot be used yet'));
  assert.deepEqual(await waiting.stop('SIGTERM'), { code: 0, signal: null });

  const patient = await startProgram(process.execPath, [MAIN, 'serve', '--config', file], {});
  await eventually('it waits, too', () => patient.stderr().includes('PostgreSQL cannot be used yet'));
  await plain.start();
  await eventually('it is at work', () => patient.stderr().includes('listening'), { withinMs: 20_000 });
  assert.deepEqual(await patient.stop('SIGTERM'), { code: 0, signal: null });
  await drop();
});
