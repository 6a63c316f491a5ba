/**
 * The outbox's operations by name: the same code on every engine. An engine decides how they run (in which thread, which ones share
 * a transaction), not what they do.
 */
import type {
  Appended,
  BeginRequest,
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
  ReviveRequest,
  SealRequest,
  Settled,
  SettleRequest,
  Started,
  ViewRequest,
} from '../contract.ts';
import { append } from './append.ts';
import type { Database } from './database.ts';
import { readDeadLetterIds, readDeadLetters } from './dead-letters.ts';
import { expire } from './expire.ts';
import { handOver } from './hand-over.ts';
import { readLanes, registerLanes } from './lanes.ts';
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
  registerLanes: {
    request: { readonly lanes: readonly LaneSetup[]; readonly at: number };
    answer: undefined;
  };
  view: { request: ViewRequest; answer: LaneView };
  page: { request: PageRequest; answer: EventPage };
  seal: { request: SealRequest; answer: Started | 'stale' };
  begin: { request: BeginRequest; answer: Started | 'stale' };
  unseal: {
    request: { readonly lane: string; readonly message: number; readonly at: number };
    answer: undefined;
  };
  expire: { request: ExpireRequest; answer: number };
  handOver: { request: HandOverRequest; answer: HandedOver };
  settle: { request: SettleRequest; answer: Settled };
  readLanes: { request: undefined; answer: readonly LaneReading[] };
  readMonthCalls: { request: readonly string[]; answer: Readonly<Record<string, number>> };
  readState: {
    request: { readonly groupId: string; readonly fingerprint: string };
    answer: string | undefined;
  };
  readDeadLetterIds: { request: { readonly lane?: string }; answer: readonly number[] };
  readDeadLetters: { request: { readonly messages: readonly number[] }; answer: readonly DeadLetter[] };
  reviveDeadLetters: { request: ReviveRequest; answer: readonly LetterFate[] };
  dropDeadLetters: { request: DropRequest; answer: readonly LetterFate[] };
  readLedger: { request: LedgerRequest; answer: LedgerPortion };
  moveTimes: { request: MoveTimesRequest; answer: undefined };
  prune: { request: PruneRequest; answer: number };
  checkWritable: { request: undefined; answer: undefined };
}

/** An operation's name. */
export type OperationName = keyof Operations;

/** Runs one operation on a connection. */
export type Run<Name extends OperationName> = (
  db: Database,
  request: Operations[Name]['request'],
) => Promise<Operations[Name]['answer']>;

/**
 * `writes`: needs a transaction that is committed before anybody is answered. `acknowledges`: somebody relies on its being found after a
 * restart, or asks whether it would be.
 */
export const OPERATIONS: {
  readonly [Name in OperationName]: {
    readonly writes: boolean;
    readonly acknowledges?: true;
    readonly run: Run<Name>;
  };
} = {
  append: { writes: true, acknowledges: true, run: append },
  registerLanes: {
    writes: true,
    run: async (db, { lanes, at }) => void (await registerLanes(db, lanes, at)),
  },
  // Writes only after the clock was set back, and then nobody waits for the commit.
  view: { writes: false, run: view },
  page: { writes: false, run: page },
  seal: { writes: true, run: seal },
  begin: { writes: true, run: begin },
  unseal: { writes: true, run: async (db, request) => void (await unseal(db, request)) },
  expire: { writes: true, run: expire },
  handOver: { writes: true, run: handOver },
  settle: { writes: true, run: settle },
  readLanes: { writes: false, run: (db) => readLanes(db) },
  readMonthCalls: { writes: false, run: readMonthCalls },
  readState: { writes: false, run: readState },
  readDeadLetterIds: { writes: false, run: (db, { lane }) => readDeadLetterIds(db, lane) },
  readDeadLetters: { writes: false, run: (db, { messages }) => readDeadLetters(db, messages) },
  reviveDeadLetters: { writes: true, acknowledges: true, run: reviveDeadLetters },
  dropDeadLetters: { writes: true, run: dropDeadLetters },
  readLedger: { writes: false, run: readLedger },
  moveTimes: { writes: true, run: async (db, request) => void (await moveTimes(db, request)) },
  prune: { writes: true, run: prune },
  checkWritable: { writes: false, acknowledges: true, run: async () => undefined },
};
