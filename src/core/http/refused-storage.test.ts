import assert from 'node:assert/strict';
import test from 'node:test';
import { PayloadError, UnavailableError } from '../errors.ts';
import { watchRefusals } from './refused-storage.ts';

const WEBHOOK = { path: '/', bytes: new Uint8Array(), isWanted: () => true };

test('tells why the latest webhook was not stored, until one is, or for a quarter of a minute', async () => {
  let now = 0;
  let error: Error | undefined;
  const { accept, refusal } = watchRefusals(
    async () => {
      if (error !== undefined) throw error;
      return undefined;
    },
    { elapsed: () => now },
  );
  assert.equal(refusal(), undefined);
  error = new UnavailableError('outbox_unavailable', 'the disk is full');
  await assert.rejects(accept(WEBHOOK), error);
  assert.equal(refusal(), 'the disk is full');
  now = 14_999;
  assert.equal(refusal(), 'the disk is full');
  now = 15_000;
  assert.equal(refusal(), undefined);
  await assert.rejects(accept(WEBHOOK), error);
  error = undefined;
  await accept(WEBHOOK);
  assert.equal(refusal(), undefined);
  error = new PayloadError('payload_not_json', 'no JSON');
  await assert.rejects(accept(WEBHOOK), error);
  assert.equal(refusal(), undefined, 'what can never pass says nothing of the outbox');
});
