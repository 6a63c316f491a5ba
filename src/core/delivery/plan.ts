/** A lane's next step: pure. Reads what the outbox holds of the lane and says what to do now, or until when to wait. */
import type { LaneView, OpenMessage } from '../outbox/contract.ts';
import type { Pace } from '../plugin/contract.ts';
import { paceAt } from './pace.ts';

/** What a lane's worker does next. */
export type Step =
  /** Nothing to do until `until`, or until something arrives. */
  | {
      readonly kind: 'wait';
      readonly until: number | undefined;
      readonly why: 'hold' | 'pace' | 'retry' | 'empty';
    }
  /** Send a sealed message again, as it is. */
  | { readonly kind: 'resend'; readonly message: OpenMessage }
  /** Compose the next message. */
  | { readonly kind: 'compose'; readonly freeStarts: number; readonly spentStarts: number };

/**
 * The order of things: a hold stops all; the pace stops all, and a part of it is kept for critical events; a message that is under way goes before any other; of those set
 * aside one that is due goes before what is new.
 */
export function planStep(view: LaneView, { at, pace }: { at: number; pace: Pace | undefined }): Step {
  if (view.hold !== undefined && view.hold.until > at)
    return { kind: 'wait', until: view.hold.until, why: 'hold' };
  const { current, setAside, unsealed } = view;
  if (current === undefined && setAside === undefined && unsealed === 0) {
    return { kind: 'wait', until: undefined, why: 'empty' };
  }
  if (current !== undefined && current.retryAt > at)
    return { kind: 'wait', until: current.retryAt, why: 'retry' };
  const due = current ?? (setAside !== undefined && setAside.retryAt <= at ? setAside : undefined);
  if (due === undefined && unsealed === 0) return { kind: 'wait', until: setAside?.retryAt, why: 'empty' };

  const allowed = due === undefined ? paceOf(view.frontRank, pace) : pace;
  const { freeStarts, spentStarts, nextAt } = paceAt(allowed, view.starts, at);
  if (freeStarts === 0) return { kind: 'wait', until: nextAt, why: 'pace' };
  return due === undefined ? { kind: 'compose', freeStarts, spentStarts } : { kind: 'resend', message: due };
}

/** What is led by a critical event may use every start; the rest leaves some free for what may come. */
function paceOf(frontRank: number | undefined, pace: Pace | undefined): Pace | undefined {
  if (pace === undefined || frontRank === 0) return pace;
  return { ...pace, starts: Math.max(1, pace.starts - (pace.reserved ?? 0)) };
}
