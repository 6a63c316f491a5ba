/** Which of the operations that wait share the next transaction: pure. */
import type { NewNotification } from '../contract.ts';
import type { PendingOperation } from './group-commit.ts';

/**
 * Most events that one transaction takes in, some 20 ms of work: bounds how long the lanes wait for it, and the first webhook of it for
 * the last. Fewer would make a slow disk's commits, 20 ms each, the measure of everything.
 */
const MOST_EVENTS = 4_000;
/** Most operations of a transaction, the same for those that are not appends. */
const MOST_OPERATIONS = 500;

/**
 * The next batch, in the order in which it is to run, and what waits on. The steps of lanes are always in it: they are few, and if each
 * waited behind all webhooks that came before it, a backlog would not drain while more comes in. At least one append goes along, so that
 * neither keeps the other out; and appends run first, so that lanes see what is stored with them.
 */
export function nextBatch<Operation extends PendingOperation>(
  waiting: readonly Operation[],
): { readonly batch: readonly Operation[]; readonly rest: readonly Operation[] } {
  const appends = waiting.filter(isAppend);
  const others = waiting.filter((operation) => !isAppend(operation));
  let events = 0;
  const overfull = appends.findIndex((append, index) => {
    events += eventsOf(append);
    return index > 0 && events > MOST_EVENTS;
  });
  const taken = Math.min(overfull === -1 ? appends.length : overfull, MOST_OPERATIONS);
  return {
    batch: [...appends.slice(0, taken), ...others.slice(0, MOST_OPERATIONS)],
    rest: [...others.slice(MOST_OPERATIONS), ...appends.slice(taken)],
  };
}

function isAppend({ name }: PendingOperation): boolean {
  return name === 'append';
}

function eventsOf({ request }: PendingOperation): number {
  // An append's request; in a queue of operations its type is lost.
  const { pieces } = request as NewNotification;
  return pieces.reduce((sum, { states }) => sum + states.length, 0);
}
