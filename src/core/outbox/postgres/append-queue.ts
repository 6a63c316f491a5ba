/** Group commit: notifications that come while another commit is under way are stored together, in the next one. */
import type { Appended, NewNotification } from '../contract.ts';
import { cureFor, StatementError } from './faults.ts';

/** Takes notifications and answers when they are committed. */
export interface AppendQueue {
  append(notification: NewNotification): Promise<Appended>;
}

/** Most notifications of one transaction: bounds how long the first of them waits for the last. */
const LARGEST_BATCH = 256;

interface Waiting {
  readonly notification: NewNotification;
  readonly answer: PromiseWithResolvers<Appended>;
}

/** `store` keeps them all or none, and answers in their order. */
export function createAppendQueue(
  store: (notifications: readonly NewNotification[]) => Promise<readonly Appended[]>,
): AppendQueue {
  let waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, LARGEST_BATCH);
      waiting = waiting.slice(LARGEST_BATCH);
      await storeBatch(batch);
    }
    running = false;
  }

  async function storeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await store(batch.map(({ notification }) => notification));
      // One answer for each, says `store`.
      for (const [index, { answer }] of batch.entries()) answer.resolve(answers[index] as Appended);
    } catch (error) {
      // The database does not take it now; those who wait would only hear the same, later.
      const isAway = error instanceof StatementError && cureFor(error) !== 'none';
      if (isAway || batch.length === 1) {
        for (const { answer } of isAway ? [...batch, ...waiting.splice(0)] : batch) answer.reject(error);
        return;
      }
      // One of them is at fault: alone, the others will do.
      for (const single of batch) await storeBatch([single]);
    }
  }

  return {
    async append(notification) {
      const answer = Promise.withResolvers<Appended>();
      waiting.push({ notification, answer });
      if (!running) void run();
      return await answer.promise;
    },
  };
}
