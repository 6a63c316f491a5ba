/**
 * Random inputs for the pure parts of this room: views of a lane, histories of a message, what gathering looks at. For property tests only;
 * what a real outbox and real plugins cannot bring forth is not drawn.
 */
import fc from 'fast-check';
import type {
  CredentialView,
  Doubts,
  Hold,
  LaneView,
  MessageHistory,
  OpenMessage,
  Trouble,
} from '../../outbox/contract.ts';
import type { Pace } from '../../plugin/contract.ts';
import { MENDS, REASONS } from '../../plugin/outcome.ts';
import type { GatherConfig, Gathering } from '../gather.ts';
import { SET_ASIDE_AFTER } from '../settle.ts';

/** The moment at which all views are read. */
export const AT = 1_800_000_000_000;
/** The credentials that a lane may have. */
export const PACE_KEYS = ['k0', 'k1', 'k2'] as const;

const HOUR_MS = 3_600_000;
/** Around the view's moment, and often just at it. */
const around: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(AT - 1, AT, AT + 1),
  fc.integer({ min: -HOUR_MS, max: HOUR_MS }).map((ms) => AT + ms),
);
/** As view() has it: nothing begins in the future. */
const past: fc.Arbitrary<number> = fc.oneof(
  fc.constant(AT),
  fc.integer({ min: 0, max: 2 * HOUR_MS }).map((ms) => AT - ms),
);

/** A pace with windows of a few seconds to a few minutes. */
export const paces: fc.Arbitrary<Pace> = fc
  .record({
    credential: fc.constant('c'),
    starts: fc.integer({ min: 1, max: 20 }),
    windowMs: fc.integer({ min: 1_000, max: 120_000 }),
    reserved: fc.nat(20),
  })
  .map((pace) => ({ ...pace, reserved: Math.min(pace.reserved, pace.starts - 1) }));

/** Starts as view() has them, many of them in the window. */
export const starts: fc.Arbitrary<readonly number[]> = fc
  .array(
    fc.oneof(
      past,
      fc.integer({ min: 0, max: 120_000 }).map((ms) => AT - ms),
    ),
    { maxLength: 25, size: 'max' },
  )
  .map((times) => times.toSorted((a, b) => a - b));

const holds: fc.Arbitrary<Hold> = fc.record({
  kind: fc.constantFrom('parked' as const, 'blocked' as const),
  reason: fc.constantFrom(...REASONS.throttled, ...REASONS.blocked),
  detail: fc.constant(''),
  since: past,
  until: around,
  count: fc.nat(5),
});

const credentials: fc.Arbitrary<readonly CredentialView[]> = fc
  .uniqueArray(
    fc.record({
      paceKey: fc.constantFrom(...PACE_KEYS),
      hold: fc.option(holds, { nil: undefined }),
      probed: fc.boolean(),
      starts,
      paceMark: fc.nat(),
    }),
    // A lane has at least one; what another lane probes is held.
    { minLength: 1, selector: ({ paceKey }) => paceKey },
  )
  .map((list) =>
    list.map((credential) => ({ ...credential, probed: credential.probed && credential.hold !== undefined })),
  );

/** What earlier attempts may have come to. */
export const histories: fc.Arbitrary<MessageHistory> = fc
  .record({
    events: fc.integer({ min: 1, max: 500 }),
    attempts: fc.integer({ min: 1, max: 100 }),
    ownFailures: fc.nat(6),
    setAside: fc.boolean(),
    othersPassed: fc.boolean(),
    ambiguous: fc.boolean(),
    mends: fc.uniqueArray(fc.constantFrom(...MENDS)),
    sealedAt: past,
  })
  // Failures of its own have set it aside.
  .map((history) => ({ ...history, setAside: history.setAside || history.ownFailures >= SET_ASIDE_AFTER }));

const messages = (ref: number): fc.Arbitrary<OpenMessage> =>
  fc.record({
    ref: fc.constant(ref),
    id: fc.uuid(),
    form: fc.constant('link'),
    body: fc.constant('{}'),
    retryAt: around,
    // Sometimes a credential that the lane no longer has.
    paceKey: fc.constantFrom(...PACE_KEYS, 'former'),
    history: histories,
  });

/** What a lane may have been answered since its last delivery. */
export const doubts: fc.Arbitrary<Doubts> = fc.record({ failures: fc.nat(4), refusals: fc.nat(4) });

const troubles: fc.Arbitrary<Trouble> = fc
  .record({
    cause: fc.constantFrom('outage' as const, 'limit' as const, 'setting' as const),
    since: past,
    endedAt: fc.option(past, { nil: undefined }),
    failures: fc.nat(20),
    retryAt: around,
    toAll: fc.option(
      fc.record({
        reason: fc.constantFrom('unknown_code' as const, 'bad_request' as const),
        detail: fc.constant(''),
      }),
      { nil: undefined },
    ),
  })
  .map(({ endedAt, toAll, ...trouble }) => ({
    ...trouble,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(toAll === undefined ? {} : { toAll }),
  }));

/** A lane at AT, in any state that an outbox can hold. */
export const laneViews: fc.Arbitrary<LaneView> = fc
  .record({
    credentials,
    trouble: fc.option(troubles, { nil: undefined }),
    doubts,
    current: fc.option(messages(1), { nil: undefined }),
    setAside: fc.option(messages(2), { nil: undefined }),
    unsealed: fc.nat(600),
    frontRank: fc.nat(5),
    part: fc.integer({ min: 1, max: 9 }),
    oldestAt: past,
    lastCriticalAt: fc.option(past, { nil: undefined }),
    expired: fc.nat(3),
    monthCalls: fc.nat(3_000),
  })
  .map((view) => {
    const sealed = (view.current?.history.events ?? 0) + (view.setAside?.history.events ?? 0);
    const waiting = view.unsealed + sealed;
    return {
      ...view,
      waiting,
      frontRank: view.unsealed > 0 ? view.frontRank : undefined,
      oldestAt: waiting > 0 ? view.oldestAt : undefined,
    };
  });

/** A pace for none, some or all of the credentials. */
export const paceTables: fc.Arbitrary<ReadonlyMap<string, Pace>> = fc
  .array(fc.tuple(fc.constantFrom(...PACE_KEYS), paces), { maxLength: 6 })
  .map((entries) => new Map(entries));

/** How long may be gathered: 0 switches it off. */
export const gatherConfigs: fc.Arbitrary<GatherConfig> = fc.record({
  gatherMs: fc.nat(30_000),
  gatherCriticalMs: fc.nat(5_000),
});

/** What a message that is ready at AT is judged by. */
export const gatherings: fc.Arbitrary<Gathering> = fc
  .record({
    pace: fc.option(paces, { nil: undefined }),
    starts,
    freeStarts: fc.integer({ min: 1, max: 20 }),
    open: fc.boolean(),
    oldestAt: past,
    rank: fc.nat(5),
    lastCriticalAt: fc.option(past, { nil: undefined }),
    thrift: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map((gathering) => ({ ...gathering, starts: inWindow(gathering) }));

function inWindow({
  pace,
  starts: all,
}: {
  readonly pace: Pace | undefined;
  readonly starts: readonly number[];
}) {
  return pace === undefined ? [] : all.filter((start) => start > AT - pace.windowMs);
}
