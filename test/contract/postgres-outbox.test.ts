import { after } from 'node:test';
import { describeOutbox } from './outbox-suite.ts';
import { createStore } from './postgres-steps.ts';

const store = await createStore();
after(store.drop);

describeOutbox('PostgreSQL', async () => {
  let outbox = await store.open();
  return {
    outbox,
    async reopen() {
      await outbox.close();
      outbox = await store.open();
      return outbox;
    },
    async remove() {
      await outbox.close();
      await store.empty();
    },
  };
});
