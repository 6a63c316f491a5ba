import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate } from './config.ts';

const REST = { format: 'text', colour: 'auto' } as const;

test('takes the names of files, and none', () => {
  for (const file of ['', 'events.log', './a.b/..c', '/var/log/告警.log', 'a b.']) {
    assert.deepEqual(validate({ ...REST, file }), [], file);
  }
});

test('refuses what can only be a folder, or no name at all', () => {
  for (const file of ['/', 'logs/', '.', '..', 'logs/..', '/var/.', 'a\0b', 'a\n']) {
    assert.deepEqual(
      validate({ ...REST, file }).map(({ path }) => path),
      ['file'],
      JSON.stringify(file),
    );
  }
});
