import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { createLogDestination } from './log-destination.ts';

it('has written a line when write() returns', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'notifierd-log-'));
  const file = join(dir, 'log');
  const fd = openSync(file, 'a');
  t.after(() => {
    closeSync(fd);
    rmSync(dir, { recursive: true });
  });
  const destination = createLogDestination(fd);
  destination.write('one\n');
  assert.equal(readFileSync(file, 'utf8'), 'one\n');
  destination.write('two é\n');
  destination.flush?.();
  assert.equal(readFileSync(file, 'utf8'), 'one\ntwo é\n');
});

it('neither throws nor hangs when nothing can be written, and flush() returns', (t) => {
  // A descriptor that was opened for reading refuses every write, on each platform.
  const fd = openSync(import.meta.filename, 'r');
  t.after(() => closeSync(fd));
  const destination = createLogDestination(fd);
  for (let i = 0; i < 2000; i += 1) destination.write(`${'x'.repeat(1023)}\n`);
  destination.flush?.();
});
