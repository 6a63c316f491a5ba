/** The random histories of outbox-history.test.ts on PostgreSQL: fewer of them, for what one engine does the other does too. */
import { after, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { clientConfig, sessionSettings } from '../../src/core/outbox/postgres/address.ts';
import { connectionOver } from '../../src/core/outbox/postgres/connections.ts';
import { createWorld } from './outbox-world.ts';
import { step } from './outbox-world-steps.ts';
import { createStore } from './postgres-steps.ts';

const store = await createStore();
after(store.drop);

test('on PostgreSQL too no event is lost, told twice or overtaken by a later state', async () => {
  await (await store.open()).close();
  const client = new pg.Client(clientConfig(store.address, {}));
  await client.connect();
  try {
    await client.query(sessionSettings(store.address, {}));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50, size: 'max' }), async (history) => {
        const world = await createWorld(connectionOver(client).db);
        try {
          for (const next of history) await world.play(next);
          await world.drain();
        } finally {
          await world.close();
          await store.empty();
        }
      }),
      { numRuns: 8 },
    );
  } finally {
    await client.end();
  }
});
