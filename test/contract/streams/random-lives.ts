/** Random lives of a group of alerts, and of the two Alertmanagers that tell of it. */
import fc from 'fast-check';
import type { Peer, Step } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const alert = fc.constantFrom('a', 'a', 'b');
const peer = fc.constantFrom<Peer>(0, 1);

const truth: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('truth'),
  alert,
  to: fc.constantFrom('fires', 'is resolved', 'fires from a new start', 'resolves later'),
});

/** None is a sum of others, so that nothing happens at the very end of a window. */
const wait: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('wait'),
  ms: fc.constantFrom(0, 103, 2_011, 11_003, 31_013, 37_021, 5 * MINUTE + 7, 6 * MINUTE + 13, 25 * HOUR + 17),
});

const told: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tell'), peer }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'both tell' } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look'), peer }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retry'), peer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remind'), peer, says: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'shrink' } as const) },
);

const heldUp: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('tell'),
    peer,
    hasGivenUp: fc.constantFrom('answered 503', 'hung up'),
  }),
  fc.constant({ kind: 'release' } as const),
);

const setBack: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('clock set back'),
  ms: fc.constantFrom(5 * SECOND, HOUR + 1),
});

/** No life begins otherwise. */
export const begins: Step = { kind: 'truth', alert: 'a', to: 'fires' };

/** What two Alertmanagers do. */
export const life = livesOf(
  fc.oneof({ weight: 5, arbitrary: told }, { weight: 3, arbitrary: truth }, { weight: 2, arbitrary: wait }),
);

/** The same, and some of it is held up until nobody waits for it. */
export const troubledLife = livesOf(
  fc.oneof(
    { weight: 4, arbitrary: told },
    { weight: 3, arbitrary: truth },
    { weight: 1, arbitrary: wait },
    { weight: 3, arbitrary: heldUp },
  ),
);

/** The same, by a clock that is set back. */
export const setBackLife = livesOf(
  fc.oneof(
    { weight: 4, arbitrary: told },
    { weight: 3, arbitrary: truth },
    { weight: 1, arbitrary: wait },
    { weight: 1, arbitrary: heldUp },
    { weight: 1, arbitrary: setBack },
  ),
);

function livesOf(step: fc.Arbitrary<Step>): fc.Arbitrary<readonly Step[]> {
  return fc.array(step, { minLength: 2, maxLength: 24, size: 'max' }).map((steps) => [begins, ...steps]);
}
