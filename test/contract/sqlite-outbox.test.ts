import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import { describeOutbox } from './outbox-suite.ts';

describeOutbox('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-outbox-'));
  const open = () => openSqliteOutbox({ file: join(folder, 'outbox.db') });
  let outbox = await open();
  return {
    outbox,
    async reopen() {
      await outbox.close();
      outbox = await open();
      return outbox;
    },
    async remove() {
      await outbox.close();
      await rm(folder, { recursive: true });
    },
  };
});
