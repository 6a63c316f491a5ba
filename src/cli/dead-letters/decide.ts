/** `dead-letters retry` and `drop`: what was asked for each letter, and a line about each that says what came of it. */
import type { LetterFate, MessageState } from '../../core/outbox/contract.ts';
import { FAILED, OK } from '../command.ts';
import type { Visit } from '../visit.ts';
import { counted } from '../wording.ts';
import { readIdsOf } from './ids.ts';
import { inPortions } from './portions.ts';

/** Which letters to deliver again: these, or all (of one sink). */
export type RetryOptions =
  | { readonly ids: readonly number[] }
  | { readonly all: true; readonly sink?: string };

/** Letters decided on in one transaction: a daemon on the same file waits for its end. */
const DECIDED_AT_ONCE = 500;

/** Gives the events of dead letters back to their lanes. */
export async function retryLetters(visit: Visit, options: RetryOptions): Promise<number> {
  const { config, outbox, print } = visit;
  const lanes = config.sinks.filter((sink) => sink.enabled).map((sink) => sink.name);
  // Oldest first: the states of one alert keep their order.
  const ids = 'all' in options ? await readIdsOf(visit, options.sink) : options.ids.toSorted((a, b) => a - b);
  if (ids.length === 0) print('no dead letters\n');
  const told = await decide(visit, { ids, words: RETRIED }, (messages) =>
    outbox.reviveDeadLetters({ messages, lanes, at: visit.clock.now() }),
  );
  if (told.letters > 0) print(closingLine(told));
  return told.refused ? FAILED : OK;
}

/** Makes dead letters mere history. */
export async function dropLetters(visit: Visit, ids: readonly number[]): Promise<number> {
  const told = await decide(visit, { ids, words: DROPPED }, (messages) =>
    visit.outbox.dropDeadLetters({ messages, at: visit.clock.now() }),
  );
  return told.refused ? FAILED : OK;
}

/** How a decision is told. */
interface Words {
  readonly done: (lane: string, events: string) => string;
  readonly doneBefore: string;
}

const RETRIED: Words = {
  done: (lane, events) => `${events} back in the lane of ${lane}`,
  doneBefore: 'was retried before; nothing changed',
};
const DROPPED: Words = {
  done: (lane, events) => `dropped: ${events} will not be delivered to ${lane}`,
  doneBefore: 'was dropped before; nothing changed',
};

/** What to say of a message that is no dead letter. */
const INSTEAD: Readonly<Record<MessageState, string>> = {
  open: 'is no dead letter: it waits to be sent',
  aside: 'is no dead letter: it waits for its next attempt',
  delivered: 'is no dead letter: it was delivered',
  voided: 'is no dead letter: its events went in another message',
  dead: 'is a dead letter',
  revived: 'is no dead letter any more: it was retried',
  dropped: 'is no dead letter any more: it was dropped',
};

interface Told {
  readonly letters: number;
  readonly events: number;
  /** At least one id could not be done. */
  readonly refused: boolean;
}

/** Tells after each transaction what it did, so that nothing stays untold if the next one fails. */
async function decide(
  visit: Visit,
  { ids, words }: { readonly ids: readonly number[]; readonly words: Words },
  transact: (messages: readonly number[]) => Promise<readonly LetterFate[]>,
): Promise<Told> {
  let [letters, events, refused] = [0, 0, false];
  for (const messages of inPortions(ids, DECIDED_AT_ONCE)) {
    for (const fate of await transact(messages)) {
      tell(visit, fate, words);
      if (fate.kind === 'done') [letters, events] = [letters + 1, events + fate.events];
      else if (fate.kind !== 'done_before') refused = true;
    }
  }
  return { letters, events, refused };
}

function tell({ print, complain }: Visit, fate: LetterFate, words: Words): void {
  const { message } = fate;
  if (fate.kind === 'done') print(`${message}: ${words.done(fate.lane, counted(fate.events, 'event'))}\n`);
  else if (fate.kind === 'done_before') print(`${message}: ${words.doneBefore}\n`);
  else complain(`notifierd: ${message} ${whyNot(fate)}\n`);
}

function whyNot(fate: Exclude<LetterFate, { kind: 'done' | 'done_before' }>): string {
  switch (fate.kind) {
    case 'no_sink':
      return `stays a dead letter: the configuration has no enabled sink ${fate.lane}\n  put the sink back, or drop the letter`;
    case 'not_dead':
      return INSTEAD[fate.state];
    case 'unknown':
      return 'is not in the outbox: no message has this id, or it was removed by age';
    default:
      return fate satisfies never;
  }
}

function closingLine({ letters, events }: Told): string {
  const all = events === 1 ? 'the event' : `the ${events} events`;
  return `${counted(letters, 'dead letter')} retried: a running notifierd takes ${all} up within 30 seconds, a stopped one when it starts\n`;
}
