/**
 * What a digest has a line for: usually an event; but what fired and was resolved while both still waited is over, and becomes one line
 * that says so. Pure.
 */
import type { Event } from '../../core/plugin/contract.ts';

/** One line of a digest. */
export interface Entry {
  readonly status: Event['status'] | 'fired and cleared';
  /** Every event that the line tells of. */
  readonly events: readonly Event[];
  /** The latest of them: its words and its link are shown. */
  readonly event: Event;
}

/**
 * The entries of these events, by the first event of each. Each event is in exactly one of them. What an entry tells of stands in for
 * one and the same sink, or for none.
 */
export function entriesOf(events: readonly Event[]): readonly Entry[] {
  const runs: Run[] = [];
  const latest = new Map<string, Run>();
  for (const event of events) {
    const key = `${event.fingerprint} ${event.startsAt} ${event.insteadOf ?? ''}`;
    const run = latest.get(key);
    if (run !== undefined && goesOn(run, event)) {
      run.push(event);
    } else {
      const begun: Run = [event];
      latest.set(key, begun);
      runs.push(begun);
    }
  }
  return runs.flatMap(toEntries);
}

/** Milliseconds from the beginning to the end of an alert; `undefined` while it fires, or if its times make no sense. */
export function lastedMs({ startsAt, endsAt }: Event): number | undefined {
  const ms = endsAt === undefined ? Number.NaN : Date.parse(endsAt) - Date.parse(startsAt);
  return ms >= 0 ? ms : undefined;
}

/** States of one alert: first those in which it fires, then those in which it is resolved. Never empty. */
type Run = [Event, ...Event[]];

/** An alert that fires again (after Prometheus was away, with the same startsAt) is not over, whatever was resolved before. */
function goesOn(run: Run, event: Event): boolean {
  return event.status === 'resolved' || run.at(-1)?.status === 'firing';
}

function toEntries(run: Run): Entry[] {
  const event = run.at(-1) ?? run[0];
  const isOver = run[0].status === 'firing' && event.status === 'resolved';
  if (isOver) return [{ status: 'fired and cleared', events: run, event }];
  return run.map((one) => ({ status: one.status, events: [one], event: one }));
}
