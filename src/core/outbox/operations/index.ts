/**
 * The outbox's operations by name: the same code on every engine. An engine decides how they run (in which thread, which ones share
 * a transaction), not what they do.
 */
import type {
  Appended,
  BeginRequest,
  Claimed,
  ClaimRequest,
  DeadLetter,
  DropRequest,
  EventPage,
  ExpireRequest,
  HandedOver,
  HandOverRequest,
  LaneReading,
  LaneSetup,
  LaneView,
  LedgerPortion,
  LedgerRequest,
  LetterFate,
  MoveTimesRequest,
  NewNotification,
  PageRequest,
  PruneRequest,
  ReleaseRequest,
  RememberedState,
  ReviveRequest,
  SealRequest,
  Settled,
  SettleRequest,
  Started,
  UnsealRequest,
  ViewRequest,
} from '../contract.ts';
import { appendAll } from './append.ts';
import type { Database } from './database.ts';
import { readDeadLetterIds, readDeadLetters } from './dead-letters.ts';
import { expire } from './expire.ts';
import { handOver } from './hand-over.ts';
import { noteHeartbeat, readHeartbeat } from './heartbeat.ts';
import { readLanes, registerLanes } from './lanes.ts';
import { claimLanes, releaseLanes } from './leases.ts';
import { readLedger } from './ledger.ts';
import { readMonthCalls } from './month-calls.ts';
import { moveTimes } from './move-times.ts';
import { page } from './page.ts';
import { prune } from './prune.ts';
import { readState } from './read-state.ts';
import { dropDeadLetters, reviveDeadLetters } from './revive.ts';
import { begin, seal } from './seal.ts';
import { settle } from './settle.ts';
import { view } from './view.ts';
import { unseal } from './void.ts';

/** What each operation takes and answers. */
export interface Operations {
  append: { request: NewNotification; answer: Appended };
  registerLanes: { request: { readonly lanes: readonly LaneSetup[] }; answer: undefined };
  claimLanes: { request: ClaimRequest; answer: Claimed };
  releaseLanes: { request: ReleaseRequest; answer: undefined };
  view: { request: ViewRequest; answer: LaneView };
  page: { request: PageRequest; answer: EventPage };
  seal: { request: SealRequest; answer: Started | 'stale' };
  begin: { request: BeginRequest; answer: Started | 'stale' };
  unseal: { request: UnsealRequest; answer: undefined };
  expire: { request: ExpireRequest; answer: number };
  handOver: { request: HandOverRequest; answer: HandedOver };
  settle: { request: SettleRequest; answer: Settled };
  readLanes: { request: undefined; answer: readonly LaneReading[] };
  readMonthCalls: { request: readonly string[]; answer: ReadonlyMap<string, number> };
  readState: {
    request: { readonly groupId: string; readonly fingerprint: string };
    answer: RememberedState | undefined;
  };
  readDeadLetterIds: { request: { readonly lane?: string }; answer: readonly number[] };
  readDeadLetters: { request: { readonly messages: readonly number[] }; answer: readonly DeadLetter[] };
  reviveDeadLetters: { request: ReviveRequest; answer: readonly LetterFate[] };
  dropDeadLetters: { request: DropRequest; answer: readonly LetterFate[] };
  readLedger: { request: LedgerRequest; answer: LedgerPortion };
  moveTimes: { request: MoveTimesRequest; answer: undefined };
  prune: { request: PruneRequest; answer: number };
  noteHeartbeat: { request: { readonly id: string; readonly at: number }; answer: undefined };
  readHeartbeat: { request: { readonly id: string }; answer: number | undefined };
  checkWritable: { request: undefined; answer: undefined };
}

/** An operation's name. */
export type OperationName = keyof Operations;

/** Runs one operation on a connection. */
export type Run<Name extends OperationName> = (
  db: Database,
  request: Operations[Name]['request'],
) => Promise<Operations[Name]['answer']>;

/** What an engine must know of an operation to run it. */
export interface Operation<Name extends OperationName> {
  /** Needs a transaction that is committed before anybody is answered. */
  readonly writes: boolean;
  /** Somebody relies on its being found after a restart, or asks whether it would be. */
  readonly acknowledges?: true;
  /** The lanes that no other operation may touch meanwhile, with all that are tied to them; `all` of them. Absent: none. */
  readonly touches?: (request: Operations[Name]['request']) => readonly string[] | 'all';
  /** What it records or compares must be the time of the store. */
  readonly timed?: true;
  /** Reads in several steps, which must fit together. */
  readonly snapshot?: true;
  /** Lanes in which somebody waits for what it has done; `all`: lanes may be free. */
  readonly news?: (
    request: Operations[Name]['request'],
    answer: Operations[Name]['answer'],
  ) => readonly string[] | 'all';
  readonly run: Run<Name>;
  /** The same for several callers at once; the answers in the order of the requests. */
  readonly runAll?: (
    db: Database,
    requests: readonly Operations[Name]['request'][],
  ) => Promise<Operations[Name]['answer'][]>;
}

const ownLane = ({ lane }: { readonly lane: string }): readonly string[] => [lane];
const allLanes = (): 'all' => 'all';

/** All operations. */
export const OPERATIONS: { readonly [Name in OperationName]: Operation<Name> } = {
  append: {
    writes: true,
    acknowledges: true,
    news: (_, answer) => (answer.kind === 'accepted' ? [...answer.queued.keys()] : []),
    run: async (db, request) => (await appendAll(db, [request]))[0] ?? raise(),
    runAll: appendAll,
  },
  registerLanes: {
    writes: true,
    touches: allLanes,
    run: async (db, { lanes }) => void (await registerLanes(db, lanes)),
  },
  claimLanes: { writes: true, touches: allLanes, timed: true, run: claimLanes },
  releaseLanes: {
    writes: true,
    touches: allLanes,
    news: allLanes,
    run: async (db, request) => void (await releaseLanes(db, request)),
  },
  // Writes only after the clock was set back, and then nobody waits for the commit.
  view: { writes: false, timed: true, run: view },
  page: { writes: false, run: page },
  seal: { writes: true, touches: ownLane, timed: true, run: seal },
  begin: { writes: true, touches: ownLane, timed: true, run: begin },
  unseal: { writes: true, touches: ownLane, run: async (db, request) => void (await unseal(db, request)) },
  expire: { writes: true, touches: ownLane, run: expire },
  handOver: {
    writes: true,
    touches: ({ lane, to }) => [lane, to],
    news: ({ to }, { events }) => (events > 0 ? [to] : []),
    run: handOver,
  },
  settle: {
    writes: true,
    touches: ({ lane, fallback }) => (fallback === undefined ? [lane] : [lane, fallback.to]),
    news: ({ fallback }, { handedOver }) =>
      fallback === undefined || handedOver === undefined ? [] : [fallback.to],
    run: settle,
  },
  readLanes: { writes: false, run: (db) => readLanes(db) },
  readMonthCalls: { writes: false, run: readMonthCalls },
  readState: { writes: false, run: readState },
  readDeadLetterIds: { writes: false, run: (db, { lane }) => readDeadLetterIds(db, lane) },
  readDeadLetters: {
    writes: false,
    snapshot: true,
    run: (db, { messages }) => readDeadLetters(db, messages),
  },
  reviveDeadLetters: {
    writes: true,
    acknowledges: true,
    touches: allLanes,
    news: (_, fates) => [...new Set(fates.flatMap((fate) => (fate.kind === 'done' ? [fate.lane] : [])))],
    run: reviveDeadLetters,
  },
  dropDeadLetters: { writes: true, touches: allLanes, run: dropDeadLetters },
  readLedger: { writes: false, snapshot: true, run: readLedger },
  moveTimes: {
    writes: true,
    touches: allLanes,
    run: async (db, request) => void (await moveTimes(db, request)),
  },
  prune: { writes: true, touches: allLanes, run: prune },
  noteHeartbeat: { writes: true, run: async (db, request) => void (await noteHeartbeat(db, request)) },
  readHeartbeat: { writes: false, run: readHeartbeat },
  checkWritable: { writes: false, acknowledges: true, run: async () => undefined },
};

function raise(): never {
  throw new Error('an append was not answered');
}
