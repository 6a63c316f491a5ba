/**
 * Takes events through compose() and render() as a lane does, message by message, and checks on the way what the contract
 * promises of each: pure, bounded, and nothing left out.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ComposeContext, Event, Message, Sink } from '../../../src/core/plugin/contract.ts';
import { leaksIn, type NamedSecrets } from '../../support/leaks.ts';
import { deepFreeze } from './recorded-events.ts';

/** A message and the events that it covers. */
export interface Composed {
  readonly message: Message;
  readonly covered: readonly Event[];
  /** The bytes that would be sent, as text. */
  readonly rendered: string;
}

/** What is checked with. */
export interface ComposeCheck {
  readonly sink: Sink;
  readonly secrets: NamedSecrets;
  readonly context: ComposeContext;
}

/** When all composing of the suite happens, in milliseconds since the Unix epoch. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');

/** Nothing waits but the given events. */
export function calm(events: readonly Event[]): ComposeContext {
  const pressure = {
    waitingEvents: events.length,
    freeStarts: Number.POSITIVE_INFINITY,
    spentStarts: 0,
    oldestWaitMs: 0,
    recentEvents: 0,
    thrift: 0,
  };
  return deepFreeze({ pressure, now: NOW, part: 1, mends: [] });
}

/** Far more waits than the pace lets through, and has for an hour; some has expired, and the month's calls are all but used up. */
export const STORM: ComposeContext = deepFreeze({
  pressure: {
    waitingEvents: 5000,
    freeStarts: 0,
    spentStarts: 18,
    oldestWaitMs: 3_600_000,
    recentEvents: 400,
    thrift: 0.9,
  },
  now: NOW,
  part: 7,
  mends: [],
  delayedBy: 'limit',
  expired: 12,
});

/** Composes until every event is covered. The events must be frozen. */
export function composeAll(check: ComposeCheck, events: readonly Event[]): readonly Composed[] {
  const composed: Composed[] = [];
  let rest = events;
  while (rest.length > 0) {
    const given = Object.freeze(rest.slice(0, check.sink.limits.eventsPerMessage));
    const message = composeTwice(check, given);
    const covered = given.slice(0, message.covers);
    composed.push({ message, covered, rendered: checkMessage(check, message) });
    rest = rest.slice(message.covers);
  }
  return composed;
}

/** Checks a message of compose() or plain(), and returns what would be sent. */
export function checkMessage({ sink, secrets }: Omit<ComposeCheck, 'context'>, message: Message): string {
  const { form, body } = message;
  assert.ok(
    typeof form === 'string' && /^\S+$/.test(form),
    `form: expected a word, got ${JSON.stringify(form)}`,
  );
  assert.equal(typeof body, 'string', 'body: expected text');
  // The outbox keeps bodies in its tables, where no credential may stand.
  assert.deepEqual(leaksIn(body, secrets), [], 'a secret stands in the body');
  const [id, otherId] = [randomUUID(), randomUUID()];
  const rendered = sink.render(Object.freeze({ id, form, body }));
  assert.equal(sink.render({ id, form, body }), rendered, 'render() gives other bytes for the same message');
  const withOtherId = sink.render({ id: otherId, form, body });
  assert.equal(withOtherId, rendered.replaceAll(id, otherId), 'another id changes more than the id');
  const { messageBytes = Number.POSITIVE_INFINITY } = sink.limits;
  const bytes = Buffer.byteLength(rendered);
  assert.ok(bytes <= messageBytes, `render() makes ${bytes} bytes, limits.messageBytes is ${messageBytes}`);
  return rendered;
}

function composeTwice({ sink, context }: ComposeCheck, given: readonly Event[]): Message {
  const message = sink.compose(given, context);
  assert.ok(
    Number.isInteger(message.covers) && message.covers >= 1 && message.covers <= given.length,
    `covers: expected 1 to ${given.length}, got ${message.covers}`,
  );
  assert.deepEqual(
    sink.compose(given, context),
    message,
    'compose() gives another message for the same events',
  );
  return message;
}
