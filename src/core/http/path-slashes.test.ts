/** Runs of slashes become one; everything else stays. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { foldSlashes } from './path-slashes.ts';

test('folds every run of slashes and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom(...'ab-%.') })),
      fc.nat({ max: 5 }),
      (parts, more) => {
        const folded = foldSlashes(parts.join('/'.repeat(1 + more)));
        assert.equal(folded.includes('//'), false);
        assert.deepEqual(folded.split('/').filter(Boolean), parts.filter(Boolean));
      },
    ),
  );
});
