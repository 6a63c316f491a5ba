import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, GaveUp } from './eventually.ts';

test('returns what the look saw, as soon as it is neither undefined nor false', async () => {
  const answers = [undefined, false, 0];
  const seen = await eventually('an answer', () => answers.shift(), { everyMs: 1 });
  assert.equal(seen, 0);
  assert.equal(answers.length, 0);
});

test('takes a look that throws for "not yet"', async () => {
  let looks = 0;
  const look = () => {
    looks++;
    assert.equal(looks, 3);
    return 'there';
  };
  assert.equal(await eventually('three looks', look, { everyMs: 1 }), 'there');
});

test('says what it waited for and what it saw last', async () => {
  const look = () => {
    throw new Error('still raining');
  };
  await assert.rejects(eventually('sunshine', look, { withinMs: 5, everyMs: 1 }), {
    message: 'waited 0.005 s in vain for: sunshine; last look: still raining',
  });
});

test('ends at once when the look gives up', async () => {
  const look = () => {
    throw new GaveUp('it is gone');
  };
  await assert.rejects(eventually('a sign of life', look), { message: 'it is gone' });
});
