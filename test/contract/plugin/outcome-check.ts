/** Whether what send() came to is an outcome of the closed list: every field, and nothing beside them. */
import assert from 'node:assert/strict';
import { MENDS, type Outcome, REASONS } from '../../../src/core/plugin/outcome.ts';

/** No channel may stop a lane for longer: a mistaken header must not keep alerts from people for days. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
const LONGEST_DETAIL_CHARS = 1000;

/** Throws an AssertionError that says what is wrong with it. */
export function checkOutcome(outcome: Outcome): void {
  // A third party's plugin may be JavaScript: the compiler's word does not count.
  const fields: Readonly<Record<string, unknown>> = { ...outcome };
  assert.ok(Object.hasOwn(REASONS, outcome.kind), `kind: expected a kind of outcome, got ${outcome.kind}`);
  const { required, optional } = FIELDS[outcome.kind];
  for (const [name, check] of Object.entries({ ...required, ...optional })) {
    if (fields[name] === undefined && Object.hasOwn(optional, name)) continue;
    assert.ok(check(fields[name]), `${name}: not what ${outcome.kind} needs: ${JSON.stringify(outcome)}`);
  }
  const known = ['kind', ...Object.keys(required), ...Object.keys(optional)];
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  assert.deepEqual(unknown, [], `${outcome.kind} has no such fields`);
  if (outcome.kind === 'delivered') return;
  const reasons: readonly string[] = REASONS[outcome.kind];
  assert.ok(reasons.includes(outcome.reason), `${outcome.reason} is no reason of ${outcome.kind}`);
}

type Check = (value: unknown) => boolean;

/** One short line: never an address, a token or a body. */
const isDetail: Check = (value) =>
  typeof value === 'string' &&
  value !== '' &&
  value.length <= LONGEST_DETAIL_CHARS &&
  !/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(value) &&
  !/[a-z]:\/\//i.test(value);
const isText: Check = (value) => typeof value === 'string' && value !== '';
const isWait: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= LONGEST_WAIT_MS;
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);

interface Fields {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

const FIELDS: { readonly [Kind in Outcome['kind']]: Fields } = {
  delivered: { required: {}, optional: {} },
  retry: { required: { reason: isText, ambiguous: isFlag, detail: isDetail }, optional: { waitMs: isWait } },
  throttled: {
    required: { reason: isText, scope: oneOf(['credential', 'plugin']), waitMs: isWait, detail: isDetail },
    optional: {},
  },
  blocked: { required: { reason: isText, detail: isDetail, cure: isText }, optional: {} },
  refused: { required: { reason: isText, detail: isDetail }, optional: { mend: oneOf(MENDS) } },
};
