/**
 * Whether webhooks can be stored, as the latest of them shows. Asking the outbox is not enough: on a full disk a small write may still find
 * room where a webhook does not.
 */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Accept } from '../intake/accept.ts';

/** accept() as it was, and what it has come to. */
export interface WatchedAccept {
  readonly accept: Accept;
  /** Why the latest webhook could not be stored, if that was a moment ago; a stored one, or time without any, ends it. */
  refusal(): string | undefined;
}

/** Longer than probes are apart; then a webhook may try again. */
const REMEMBERED_MS = 15_000;

/** Watches it. */
export function watchRefusals(accept: Accept, clock: Pick<Clock, 'elapsed'>): WatchedAccept {
  let refused: { readonly at: number; readonly message: string } | undefined;
  return {
    async accept(arrival) {
      try {
        const receipt = await accept(arrival);
        refused = undefined;
        return receipt;
      } catch (error) {
        if (error instanceof UnavailableError) refused = { at: clock.elapsed(), message: error.message };
        throw error;
      }
    },
    refusal: () =>
      refused !== undefined && clock.elapsed() - refused.at < REMEMBERED_MS ? refused.message : undefined,
  };
}
