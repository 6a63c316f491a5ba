/** Whatever an attempt can come to, at random: for property tests. What no plugin can answer is not drawn. */
import fc from 'fast-check';
import { MENDS, type Outcome, REASONS } from '../../plugin/outcome.ts';

const HOUR_MS = 3_600_000;
const waits = fc.option(fc.integer({ min: 0, max: HOUR_MS }), { nil: undefined });
const withWait = <Value extends { readonly waitMs: number | undefined }>({ waitMs, ...rest }: Value) =>
  waitMs === undefined ? rest : { ...rest, waitMs };

/** Not confirmed. */
export const retries = fc
  .record({
    kind: fc.constant('retry' as const),
    reason: fc.constantFrom(...REASONS.retry),
    ambiguous: fc.boolean(),
    waitMs: waits,
    detail: fc.constant('detail'),
  })
  // Where nothing was sent, nothing can have arrived.
  .map((outcome) => withWait(outcome.reason === 'unreachable' ? { ...outcome, ambiguous: false } : outcome));

/** Refused because of a limit or a setting. */
export const holdingOutcomes = fc.oneof(
  fc.record({
    kind: fc.constant('throttled' as const),
    reason: fc.constantFrom(...REASONS.throttled),
    scope: fc.constantFrom('credential' as const, 'plugin' as const),
    waitMs: fc.integer({ min: 0, max: HOUR_MS }),
    detail: fc.constant('detail'),
  }),
  fc.record({
    kind: fc.constant('blocked' as const),
    reason: fc.constantFrom(...REASONS.blocked),
    detail: fc.constant('detail'),
    cure: fc.constant('cure'),
  }),
);

/** Refused for what the message is. */
export const refusals = fc
  .record({
    kind: fc.constant('refused' as const),
    reason: fc.constantFrom(...REASONS.refused),
    mend: fc.option(fc.constantFrom(...MENDS), { nil: undefined }),
    detail: fc.constant('detail'),
  })
  .map(({ mend, ...outcome }) => (mend === undefined ? outcome : { ...outcome, mend }));

/** Whatever an attempt can come to. */
export const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant({ kind: 'delivered' as const }),
  { weight: 3, arbitrary: retries },
  { weight: 2, arbitrary: holdingOutcomes },
  { weight: 2, arbitrary: refusals },
);
