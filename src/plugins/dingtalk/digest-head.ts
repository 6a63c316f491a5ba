/**
 * The first line of a digest, and what it shares with the title: how many of what, for whom, from when to when, which part of a storm,
 * and how late. Pure.
 */
import type { Event } from '../../core/plugin/contract.ts';
import type { Entry } from './digest-entry.ts';
import { plainInMarkdown } from './plain-in-markdown.ts';
import { standInMark } from './stand-in.ts';

/** What the head says beside what the entries say themselves: which part of several this is (0: the only one), and how late. */
export interface HeadNotes {
  readonly part: number;
  readonly late: string;
}

/** The line, in markdown. The sink that all entries stand in for is named first. */
export function headText(entries: readonly Entry[], { part, late }: HeadNotes): string {
  const mark = plainInMarkdown(standsInForOne(entries) ? standInMark(entries[0]?.event ?? {}) : '');
  const counts = `**${countsOf(entries)}**`;
  const notes = [
    mark === '' ? counts : `${mark} ${counts}`,
    spanOf(entries.flatMap(({ events }) => events)),
    part === 0 ? '' : `part ${part}`,
    late,
  ];
  return notes.filter((note) => note !== '').join(', ');
}

/** All stand in for the same sink, or none stands in for any: the head says all there is to say of it. */
export function standsInForOne(entries: readonly Entry[]): boolean {
  return new Set(entries.map(({ event }) => event.insteadOf)).size <= 1;
}

/** `2 firing, 1 resolved, 1 fired and cleared`. */
export function countsOf(entries: readonly Entry[]): string {
  return (['firing', 'resolved', 'fired and cleared'] as const)
    .map((status) => ({ status, count: entries.filter((entry) => entry.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`)
    .join(', ');
}

/** From the first to the last thing that happened, in UTC. */
function spanOf(events: readonly Event[]): string {
  const instants = events
    .map(({ status, endsAt, startsAt }) =>
      Date.parse(status === 'resolved' ? (endsAt ?? startsAt) : startsAt),
    )
    .filter((instant) => !Number.isNaN(instant));
  if (instants.length === 0) return 'at unknown times';
  const [first, last] = [Math.min(...instants), Math.max(...instants)].map(timeText);
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`;
}

function timeText(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}
