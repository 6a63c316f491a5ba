import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUIREMENTS } from '../test/support/programs.ts';
import { ensurePrograms, missingText, packagesOf } from './packages.ts';

const ALL = Object.values(REQUIREMENTS);

test('names each missing program, its package, and the one command that brings all', () => {
  const text = missingText(ALL, true);
  assert.match(text, /^ {2}promtool \(Debian package prometheus\)$/m);
  assert.match(
    text,
    /^ {2}prometheus-alertmanager or alertmanager \(Debian package prometheus-alertmanager\)$/m,
  );
  assert.match(text, /^ {2}libfaketime\.so\.1 \(Debian package faketime\)$/m);
  assert.match(text, /^ {2}sudo apt-get install prometheus prometheus-alertmanager faketime$/m);
});

test('speaks of PATH where there is no apt-get', () => {
  assert.doesNotMatch(missingText(ALL, false), /apt-get/);
  assert.match(missingText(ALL, false), /on PATH/);
});

test('asks for a package once, however many programs it brings', () => {
  assert.deepEqual(packagesOf([REQUIREMENTS.prometheus, REQUIREMENTS.promtool]), ['prometheus']);
});

test('is content at once when nothing is missing', () => {
  assert.equal(ensurePrograms([]), true);
  assert.equal(
    ensurePrograms([{ what: 'node', debianPackage: 'nodejs', find: () => process.execPath }]),
    true,
  );
});
