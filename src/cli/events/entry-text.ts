/** An entry of the ledger as one line for people: what came, where it goes, what became of it. Pure; safe to show on a terminal. */
import type { Event } from '../../core/event/event.ts';
import { ownValue } from '../../core/event/own-value.ts';
import { quoteVisibly } from '../../core/telemetry/visible.ts';
import { counted, instant, oneLine, saying, shortLine } from '../wording.ts';
import type { Entry } from './entry.ts';

/** What the text depends on beside the entry. */
export interface EntryTextContext {
  readonly now: number;
  /** The label that holds the severity: the line has it already. */
  readonly severityLabel: string;
}

/** Enough to tell an event from its neighbours. */
const LONGEST_WORDS = 80;
const LONGEST_DETAIL = 100;

/** The line, with its end. A later time of the same day (UTC) is shown without its date. */
export function renderEntry(entry: Entry, context: EntryTextContext): string {
  const { event, lane, fallbackOf } = entry;
  const columns = [
    instant(event.receivedAt),
    `${event.status} ${event.severity} ${oneLine(event.name)}`,
    shortLine(wordsOf(event, context.severityLabel), LONGEST_WORDS),
    fallbackOf === undefined ? lane : `${lane} (for ${fallbackOf})`,
    fateOf(entry, context.now),
  ];
  return `${columns.filter((column) => column !== '').join('  ')}\n`;
}

/** The labels, those first that the group's alerts do not share; a text if there are none. */
function wordsOf(event: Event, severityLabel: string): string {
  const names = Object.keys(event.labels).filter((name) => name !== 'alertname' && name !== severityLabel);
  const isCommon = (name: string): boolean => Object.hasOwn(event.commonLabels, name);
  const ordered = [...names.filter((name) => !isCommon(name)), ...names.filter(isCommon)];
  if (ordered.length === 0) return saying(event) ?? '';
  return ordered.map((name) => `${name}=${quoteVisibly(ownValue(event.labels, name) ?? '')}`).join(' ');
}

function fateOf(entry: Entry, now: number): string {
  const fate = stateText(entry, now);
  return entry.revived === undefined ? fate : `dead letter ${entry.revived} retried: ${fate}`;
}

function stateText({ event, state, message }: Entry, now: number): string {
  if (message === undefined) return 'waiting';
  const {
    ref,
    id,
    form,
    attempts,
    sendingSince,
    retryAt = now,
    settledAt,
    reason = '',
    detail = '',
  } = message;
  const time = (at: number | undefined): string => (at === undefined ? '' : timeAfter(event.receivedAt, at));
  switch (state) {
    case 'waiting':
      return 'waiting';
    case 'being_sent':
      return `being sent since ${time(sendingSince)}${attempts > 1 ? `, attempt ${attempts}` : ''}`;
    case 'retrying': {
      const due = retryAt > now ? ` at ${time(retryAt)}` : '';
      const last = shortLine(`${reason} ${detail}`.trim(), LONGEST_DETAIL);
      return `waiting for the next attempt${due}, ${counted(attempts, 'attempt')}, last: ${last}`;
    }
    case 'delivered':
      return `delivered ${time(settledAt)} in ${form} ${id}`;
    case 'dead':
      return `dead letter ${ref}: ${reason}`;
    case 'dropped':
      return `dropped ${time(settledAt)}, was dead letter ${ref}: ${reason}`;
    default:
      return state satisfies never;
  }
}

function timeAfter(before: number, at: number): string {
  const [text, day] = [instant(at), instant(before).slice(0, 'YYYY-MM-DD'.length)];
  return text.startsWith(day) ? text.slice(day.length + 1) : text;
}
