import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertsNamed } from './stored-piece.ts';

for (const count of [1, 2, 3, 500]) {
  test(`counts ${count} alerts by their fingerprints`, () => {
    const fingerprints = Array.from({ length: count }, (_, index) => index.toString(16).padStart(16, '0'));
    assert.equal(alertsNamed(fingerprints.join(' ')), count);
  });
}
