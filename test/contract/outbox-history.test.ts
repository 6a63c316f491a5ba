/**
 * The outbox's operations over random histories: notifications, messages of any size, every kind of settlement, holds, expiry, hand-over,
 * dead letters, kills between the steps, clocks that jump, replicas that fall silent and go on when it is too late. After each step the
 * books must balance, and at the end every event was told or is a dead letter, the states of each alert in their order.
 * outbox-world.ts plays the steps, outbox-books.ts keeps the books. postgres-history.test.ts does the same on PostgreSQL.
 */
import { test } from 'node:test';
import fc from 'fast-check';
import { openMemoryDatabase } from './memory-database.ts';
import { createWorld } from './outbox-world.ts';
import { step } from './outbox-world-steps.ts';

test('no event is lost, told twice or overtaken by a later state, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (history) => {
      const world = await createWorld(await openMemoryDatabase());
      try {
        for (const next of history) await world.play(next);
        await world.drain();
      } finally {
        await world.close();
      }
    }),
    { numRuns: 50 },
  );
});
