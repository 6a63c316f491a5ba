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
  | { readonly kind: 'compose'; readonly freeStarts: number };

/**
 * The order of things: a hold stops all; the pace stops all; a message that is under way goes before any other; of those set
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
  if (due === undefined && unsealed === 0) return { kind: 'wait', until: setAside?.retryAt, why: 'retry' };

  const { freeStarts, nextAt } = paceAt(pace, view.starts, at);
  if (freeStarts === 0) return { kind: 'wait', until: nextAt, why: 'pace' };
  return due === undefined ? { kind: 'compose', freeStarts } : { kind: 'resend', message: due };
}
