/**
 * What a digest has a line for: usually an event; but what fired and was resolved while both still waited is over, and becomes one line
 * that says so. What an alert does several times (a reminder, a second start) is one line too: the same words twice would look like two
 * alerts. Pure.
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
 * The entries of these events, by the first event of each; but of one alert the entry with its last state comes last. Each event is in exactly one of them. What an entry tells of stands in for
 * one and the same sink, or for none.
 */
export function entriesOf(events: readonly Event[]): readonly Entry[] {
  const runs: Run[] = [];
  const latest = new Map<string, Run>();
  const lastOf = new Map<string, Run>();
  for (const event of events) {
    const alert = alertOf(event);
    const key = `${event.startsAt} ${alert}`;
    const run = latest.get(key);
    if (run !== undefined && goesOn(run, event)) {
      run.push(event);
      moveBehind(runs, run, lastOf.get(alert) ?? run);
      lastOf.set(alert, run);
    } else {
      const begun: Run = [event];
      latest.set(key, begun);
      lastOf.set(alert, begun);
      runs.push(begun);
    }
  }
  return joined(runs.flatMap(toEntries));
}

/** That the line tells of more than one start or of reminders: `started 2 times, with 1 reminder`; empty if it does not. */
export function againText({ status, events }: Pick<Entry, 'status' | 'events'>): string {
  const starts = new Set(events.map(({ startsAt }) => startsAt)).size;
  // In two groups it is listed twice, and nobody was reminded.
  const first = new Set(
    events.map(({ startsAt, groupKey, receiver }) => `${startsAt} ${groupKey} ${receiver}`),
  );
  const reminders = status === 'firing' ? events.length - first.size : 0;
  return [
    starts < 2 ? '' : `started ${starts} times`,
    reminders === 0 ? '' : `with ${reminders} ${reminders === 1 ? 'reminder' : 'reminders'}`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** Milliseconds from the beginning to the end of an alert; `undefined` while it fires, or if its times make no sense. */
export function lastedMs({ startsAt, endsAt }: Event): number | undefined {
  const ms = endsAt === undefined ? Number.NaN : Date.parse(endsAt) - Date.parse(startsAt);
  return ms >= 0 ? ms : undefined;
}

/** States of one alert: first those in which it fires, then those in which it is resolved. Never empty. */
type Run = [Event, ...Event[]];

/** A start that ends after another one has begun (a sender with changing starts) is told behind it. */
function moveBehind(runs: Run[], run: Run, other: Run): void {
  if (run === other) return;
  runs.splice(runs.indexOf(run), 1);
  runs.splice(runs.indexOf(other) + 1, 0, run);
}

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

/** An alert that does once more what it did in its entry before has that entry alone. */
function joined(entries: readonly Entry[]): readonly Entry[] {
  const joint: Entry[] = [];
  const places = new Map<string, number>();
  for (const entry of entries) {
    const alert = alertOf(entry.event);
    const place = places.get(alert);
    const before = place === undefined ? undefined : joint[place];
    if (place !== undefined && before?.status === entry.status) {
      joint[place] = { ...entry, events: [...before.events, ...entry.events] };
    } else {
      places.set(alert, joint.length);
      joint.push(entry);
    }
  }
  return joint;
}

/** Two sources may have alerts with equal labels. */
function alertOf({ source, fingerprint, insteadOf }: Event): string {
  return JSON.stringify([source, fingerprint, insteadOf]);
}
