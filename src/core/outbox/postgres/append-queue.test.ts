import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Appended, NewNotification } from '../contract.ts';
import { createAppendQueue } from './append-queue.ts';
import { StatementError } from './faults.ts';

const notification = (id: string): NewNotification => ({
  id,
  receivedAt: 0,
  repeat: { groupId: id, key: id, poster: '', windowMs: 0, reminder: false, truncated: false },
  head: '{}',
  pieces: [],
});
const accepted = ({ id }: NewNotification): Appended => ({
  kind: 'accepted',
  notificationId: id,
  relisted: 0,
  queued: new Map(),
  mixed: 0,
});
const broken = (code: string): StatementError => new StatementError(Object.assign(new Error(code), { code }));

/** A store that answers when it is told to. */
function createScene() {
  const batches: string[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  let judge: (ids: readonly string[]) => void = () => undefined;
  const queue = createAppendQueue(async (notifications) => {
    const ids = notifications.map(({ id }) => id);
    batches.push(ids);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    judge(ids);
    return notifications.map(accepted);
  });
  return {
    batches,
    append: async (id: string) => await queue.append(notification(id)),
    failIf(fails: typeof judge): void {
      judge = fails;
    },
    /** Lets the store answer, until it is idle. */
    async finish(): Promise<void> {
      for (let next = gates.shift(); next !== undefined; next = gates.shift()) {
        next.resolve();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

test('what comes during a commit is stored together, in the next one, each with its own answer', async () => {
  const { append, batches, finish } = createScene();
  const answers = ['a', 'b', 'c'].map(append);
  await finish();
  assert.deepEqual(batches, [['a'], ['b', 'c']]);
  const told = await Promise.all(answers);
  assert.deepEqual(
    told,
    ['a', 'b', 'c'].map((id) => accepted(notification(id))),
  );
});

test('a batch has at most 256 notifications, and the rest comes in the next one', async () => {
  const { append, batches, finish } = createScene();
  const answers = Array.from({ length: 600 }, (_, index) => append(String(index)));
  await finish();
  await Promise.all(answers);
  assert.deepEqual(
    batches.map(({ length }) => length),
    [1, 256, 256, 87],
  );
  assert.deepEqual(
    batches.flat(),
    Array.from({ length: 600 }, (_, index) => String(index)),
  );
});

const AT_FAULT = [
  { name: 'by a fault of ours', error: new Error('never registered') },
  { name: 'because the database does not take its values', error: broken('22P05') },
];
for (const { name, error } of AT_FAULT) {
  test(`one that cannot be stored ${name} fails alone`, async () => {
    const { append, batches, failIf, finish } = createScene();
    failIf((ids) => {
      if (ids.includes('bad')) throw error;
    });
    const answers = Promise.allSettled(['first', 'a', 'bad', 'b'].map(append));
    await finish();
    assert.deepEqual(
      (await answers).map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(batches, [['first'], ['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
  });
}

for (const code of ['57P01', '57014', 'ECONNREFUSED']) {
  test(`all that wait hear at once that the database is away (${code}), and the next one tries again`, async () => {
    const { append, batches, failIf, finish } = createScene();
    failIf(() => {
      throw broken(code);
    });
    const answers = Promise.allSettled(['first', 'a', 'b'].map(append));
    await finish();
    const told = await answers;
    assert.ok(told.every((answer) => answer.status === 'rejected' && answer.reason.code === code));
    assert.deepEqual(batches, [['first']]);
    failIf(() => undefined);
    const later = append('later');
    await finish();
    assert.deepEqual(await later, accepted(notification('later')));
  });
}
