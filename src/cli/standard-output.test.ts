import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { createStandardOutput } from './standard-output.ts';

const rows: readonly { name: string; code: string; read: boolean; fault: string | undefined }[] = [
  { name: 'a reader who has seen enough', code: 'EPIPE', read: false, fault: undefined },
  { name: 'a full disk', code: 'ENOSPC', read: false, fault: 'ENOSPC' },
];
for (const { name, code, read, fault } of rows) {
  test(`${name}: nothing more is written, and it is told whether that is a fault`, async () => {
    const { stream, written } = createFailing(code);
    const output = createStandardOutput(stream);
    assert.deepEqual([output.isRead(), await output.fault()], [true, undefined]);
    output.print('first\n');
    await output.fault();
    output.print('second\n');
    assert.deepEqual(written, ['first\n']);
    assert.deepEqual([output.isRead(), await output.fault()], [read, fault]);
  });
}

test('leaves a stream alone that nothing is printed to', () => {
  const { stream } = createFailing('EPIPE');
  createStandardOutput(stream);
  assert.equal(stream.listenerCount('error'), 0);
});

test('watches a stream once, however much is printed', () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = createStandardOutput(stream);
  for (let line = 0; line < 20; line++) output.print('line\n');
  assert.equal(stream.listenerCount('error'), 1);
});

/** A stream whose first write fails. */
function createFailing(code: string): { readonly stream: Writable; readonly written: string[] } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done(Object.assign(new Error(code), { code }));
    },
  });
  return { stream, written };
}
