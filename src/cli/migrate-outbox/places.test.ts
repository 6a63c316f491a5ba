import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { UsageError } from '../command.ts';
import { type GivenPlaces, inOptionWords, readPlaces } from './places.ts';

const dir = mkdtempSync(join(tmpdir(), 'notifierd-test-'));
after(() => rmSync(dir, { recursive: true }));

const FROM = 'sqlite:/srv/a.db';
const TO = 'postgres://alerts@db.example:5433/outbox?sslmode=disable';

async function read(given: Partial<GivenPlaces>, env: Record<string, string> = {}) {
  return await readPlaces({ from: FROM, to: TO, ...given }, { env });
}

test('takes file, address and schema from the options', async () => {
  const { file, address } = await read({});
  assert.equal(file, '/srv/a.db');
  const { host, port, database, user, schema, password } = address;
  assert.deepEqual([host, port, database, user], ['db.example', 5433, 'outbox', 'alerts']);
  assert.deepEqual([schema, password], ['notifierd', undefined]);
  assert.equal((await read({ schema: 'other' })).address.schema, 'other');
});

test('takes the password from the file that is named, else from the environment', async () => {
  const passwordFile = join(dir, 'password');
  writeFileSync(passwordFile, 'from the file\n');
  const env = { NOTIFIERD_OUTBOX_PASSWORD: 'from the environment' };
  assert.equal((await read({}, env)).address.password, 'from the environment');
  assert.equal((await read({ passwordFile }, env)).address.password, 'from the file');
  assert.equal((await read({}, { NOTIFIERD_OUTBOX_PASSWORD: ' pass word\n' })).address.password, 'pass word');
  assert.equal((await read({}, { NOTIFIERD_OUTBOX_PASSWORD: '' })).address.password, undefined);
});

const refused: readonly { name: string; given: Partial<GivenPlaces>; says: RegExp }[] = [
  {
    name: 'PostgreSQL as the source',
    given: { from: TO },
    says: /^1 fault\n {2}--from: expected sqlite: and a file, got a PostgreSQL address$/,
  },
  {
    name: 'SQLite as the destination',
    given: { to: FROM },
    says: /^1 fault\n {2}--to: expected a PostgreSQL address, got an SQLite file$/,
  },
  {
    name: 'a password in the URL, without showing it',
    given: { to: 'postgres://u:hunter2@h/d' },
    says: /^1 fault\n {2}--to: expected no password in the URL \((?!.*hunter2).*--to-password-file/,
  },
  {
    name: 'all that is wrong, at once',
    given: { from: 'a.db', to: 'postgres://h/d', schema: 'Upper', passwordFile: '/nowhere/at/all' },
    says: /^4 faults\n {2}--from: .*\n {2}--to: missing: expected the user.*\n {2}--to-schema: .*\n {2}--to-password-file: cannot read \/nowhere\/at\/all: there is no such file/,
  },
];
for (const { name, given, says } of refused) {
  test(`refuses ${name}`, async () => {
    await assert.rejects(read(given), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, says);
      return true;
    });
  });
}

test('speaks of options where a configuration has keys', () => {
  assert.equal(
    inOptionWords('check outbox.url, outbox.schema, outbox.password or outbox.password_file'),
    'check --to, --to-schema, NOTIFIERD_OUTBOX_PASSWORD or --to-password-file',
  );
});
