/** A lane's next step: pure. Reads what the outbox holds of the lane and says what to do now, or until when to wait. */
import type { CredentialView, LaneView, OpenMessage } from '../outbox/contract.ts';
import type { Pace } from '../plugin/contract.ts';
import { type PaceNow, paceAt } from './pace.ts';

/** What a lane's worker does next. */
export type Step =
  /** Nothing to do until `until`, or until something arrives. */
  | {
      readonly kind: 'wait';
      readonly until: number | undefined;
      readonly why: 'hold' | 'pace' | 'retry' | 'empty';
    }
  /** Void a seal that nobody has seen and that has grown old: what is composed anew knows the time and what has come since. */
  | { readonly kind: 'unseal'; readonly message: OpenMessage }
  /** Send a sealed message again, as it is. */
  | { readonly kind: 'resend'; readonly message: OpenMessage; readonly under: CredentialView }
  /** Compose the next message. */
  | { readonly kind: 'compose'; readonly under: CredentialView; readonly room: Room };

/** What the paces of all credentials that can be used leave together. */
export interface Room {
  readonly freeStarts: number;
  /** The starts that their windows count, oldest first. */
  readonly spent: readonly number[];
  /** All of them as if they were one, without what is reserved; absent if there is no limit. */
  readonly pace: Pick<Pace, 'starts' | 'windowMs'> | undefined;
}

/** What the step depends on beside the view. */
export interface PlanContext {
  readonly at: number;
  /** The pace of each credential by its key; without an entry there is no limit. */
  readonly paces: ReadonlyMap<string, Pace>;
}

/** A probe of another lane is over within a send; until then it is worth a look this often. */
const PROBE_LOOK_MS = 200;
/** A seal that is older is voided if nobody can have seen it. */
const UNSEAL_AFTER_MS = 60_000;

/**
 * The order of things: trouble of the channel and holds on all credentials stop the lane; a message that is under way goes before any
 * other; of those set aside one that is due goes before what is new, and after it while nothing passes: what has not been tried yet
 * may. The pace stops all, and a part of it is kept for critical events.
 */
export function planStep(view: LaneView, { at, paces }: PlanContext): Step {
  const { current, setAside, unsealed, trouble } = view;
  if (current === undefined && setAside === undefined && unsealed === 0) return waitFor('empty', undefined);
  if (trouble !== undefined && trouble.endedAt === undefined && trouble.retryAt > at)
    return waitFor('retry', trouble.retryAt);
  const usable = view.credentials.filter((credential) => isUsable(credential, at));
  if (usable.length === 0) return waitFor('hold', usableAt(view.credentials, at));
  if (current !== undefined && current.retryAt > at) return waitFor('retry', current.retryAt);

  const newFirst = trouble !== undefined && trouble.endedAt === undefined && unsealed > 0;
  const due =
    current ?? (setAside !== undefined && setAside.retryAt <= at && !newFirst ? setAside : undefined);
  if (due === undefined) {
    if (unsealed === 0) return waitFor('empty', setAside?.retryAt);
    return startNew(view, usable, { at, paces });
  }
  const bound = boundTo(due, view.credentials);
  const candidates = bound === undefined ? usable : usable.filter(({ paceKey }) => paceKey === bound);
  if (candidates.length === 0) {
    // Its own credential rests. Set aside, others may pass it.
    if (due === setAside && unsealed > 0) return startNew(view, usable, { at, paces });
    const resting = view.credentials.filter(({ paceKey }) => paceKey === bound);
    return waitFor('hold', usableAt(resting, at));
  }
  if (due === current && canUnseal(due) && at - due.history.sealedAt >= UNSEAL_AFTER_MS)
    return { kind: 'unseal', message: due };
  const { under, nextAt } = roomiest(candidates, (credential) =>
    paceAt(paces.get(credential.paceKey), credential.starts, at),
  );
  return under === undefined ? waitFor('pace', nextAt) : { kind: 'resend', message: due, under };
}

/** The lane as if the time of its next try had come: what it could not reach answers others. Holds and paces stay. */
export function dueAtOnce(view: LaneView, at: number): LaneView {
  const { trouble, current } = view;
  return {
    ...view,
    trouble: trouble && { ...trouble, retryAt: Math.min(trouble.retryAt, at) },
    current: current && { ...current, retryAt: Math.min(current.retryAt, at) },
  };
}

/** Nobody can have seen the message, and nothing about it has to stay as it is. */
export function canUnseal({ history }: OpenMessage): boolean {
  return !history.ambiguous && history.ownFailures === 0 && history.mends.length === 0;
}

function startNew(view: LaneView, usable: readonly CredentialView[], { at, paces }: PlanContext): Step {
  const nowOf = (credential: CredentialView): PaceNow =>
    paceAt(paceFor(view.frontRank, paces.get(credential.paceKey)), credential.starts, at);
  const { under, nextAt } = roomiest(usable, nowOf);
  if (under === undefined) return waitFor('pace', nextAt);
  const spent = usable.flatMap((credential) => {
    const { spentStarts } = nowOf(credential);
    // The window's starts are the latest ones.
    return credential.starts.slice(credential.starts.length - spentStarts);
  });
  const room: Room = {
    freeStarts: usable.reduce((sum, credential) => sum + nowOf(credential).freeStarts, 0),
    spent: spent.toSorted((a, b) => a - b),
    pace: jointPace(usable.flatMap(({ paceKey }) => paces.get(paceKey) ?? [])),
  };
  return { kind: 'compose', under, room };
}

function isUsable({ hold, probed }: CredentialView, at: number): boolean {
  return !probed && (hold === undefined || hold.until <= at);
}

function usableAt(credentials: readonly CredentialView[], at: number): number {
  return Math.min(
    ...credentials.map(({ hold, probed }) => (probed ? at + PROBE_LOOK_MS : (hold?.until ?? at))),
  );
}

/** Only the credential under which people may have seen it drops the copy; one that is no longer configured binds nothing. */
function boundTo(
  { paceKey, history }: OpenMessage,
  credentials: readonly CredentialView[],
): string | undefined {
  return history.ambiguous && credentials.some((credential) => credential.paceKey === paceKey)
    ? paceKey
    : undefined;
}

/** The credential with the most free starts; if none has any, when the first will. */
function roomiest(
  credentials: readonly CredentialView[],
  nowOf: (credential: CredentialView) => PaceNow,
): { readonly under: CredentialView | undefined; readonly nextAt: number } {
  let under: CredentialView | undefined;
  let most = 0;
  let nextAt = Number.POSITIVE_INFINITY;
  for (const credential of credentials) {
    const now = nowOf(credential);
    nextAt = Math.min(nextAt, now.nextAt);
    if (now.freeStarts <= most) continue;
    under = credential;
    most = now.freeStarts;
  }
  return { under, nextAt };
}

/** What is led by a critical event may use every start; the rest leaves some free for what may come. */
function paceFor(frontRank: number | undefined, pace: Pace | undefined): Pace | undefined {
  if (pace === undefined || frontRank === 0) return pace;
  return { ...pace, starts: Math.max(1, pace.starts - (pace.reserved ?? 0)) };
}

function jointPace(paces: readonly Pace[]): Room['pace'] {
  if (paces.length === 0) return undefined;
  return {
    starts: paces.reduce((sum, { starts }) => sum + starts, 0),
    windowMs: Math.max(...paces.map(({ windowMs }) => windowMs)),
  };
}

function waitFor(why: Extract<Step, { kind: 'wait' }>['why'], until: number | undefined): Step {
  return { kind: 'wait', until, why };
}
