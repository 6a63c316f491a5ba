/** Dead letters as text for people: a few lines in a list, or all that is known of one. Pure; safe to show on a terminal. */
import type { Event } from '../../core/event/event.ts';
import type { PastAttempt } from '../../core/outbox/contract.ts';
import { escapeUnsafe, quoteVisibly } from '../../core/telemetry/visible.ts';
import { counted, instant, oneLine, saying, shortLine } from '../wording.ts';
import type { Letter } from './letter.ts';

/** A list is for finding a letter; all of its events are for looking at it. */
const EVENTS_LISTED = 3;
const LONGEST_SAYING = 100;

/** An entry of a list, with its line end. */
export function renderEntry(letter: Letter): string {
  const { message, lane, reason, detail, diedAt, attempts, events } = letter;
  const more = events.length - EVENTS_LISTED;
  return lines([
    `${message}  ${lane}  died ${instant(diedAt)} after ${counted(attempts, 'attempt')}: ${reason}`,
    ...(detail === '' ? [] : [`    ${oneLine(detail)}`]),
    ...events.slice(0, EVENTS_LISTED).map((event) => `    ${headline(event)}${shortSaying(event)}`),
    ...(more > 0 ? [`    and ${counted(more, 'more event')}`] : []),
  ]);
}

/** All about one letter, with a line end. */
export function renderLetter(letter: Letter): string {
  const { message, lane, form, reason, detail, diedAt, attempts, history, events } = letter;
  const earlier = attempts - history.length;
  return lines([
    `dead letter ${message}`,
    ...field('sink', lane),
    ...field('died', instant(diedAt)),
    ...field('reason', reason),
    // Without an attempt nobody has answered.
    ...field(attempts === 0 ? 'because' : 'last answer', detail),
    ...field('message', messageText(form, events.length)),
    '',
    counted(attempts, 'attempt'),
    ...(earlier > 0 ? [`  ${earlier} earlier`] : []),
    ...history.map(attemptLine),
    ...events.flatMap((event) => ['', ...eventLines(event)]),
  ]);
}

/** What expired was never composed. */
function messageText(form: string, events: number): string {
  const many = counted(events, 'event');
  return form === 'none' ? `none was made of its ${many}` : `${form}, ${many}`;
}

function attemptLine({ startedAt, endedAt, outcome, reason, detail }: PastAttempt): string {
  if (endedAt === undefined) return `  ${instant(startedAt)}  its end is not known`;
  const seconds = ((endedAt - startedAt) / 1000).toFixed(1);
  const answer = detail === undefined || detail === '' ? '' : `  ${oneLine(detail)}`;
  return `  ${instant(startedAt)}  ${seconds} s  ${outcome} ${reason}${answer}`;
}

function eventLines(event: Event): string[] {
  const { summary, description, message, labels, startsAt, endsAt, bestUrl, receivedAt } = event;
  const pairs = Object.entries(labels).map(([name, value]) => `${oneLine(name)}=${quoteVisibly(value)}`);
  return [
    headline(event),
    ...field('summary', summary),
    ...field('description', description),
    ...field('message', message),
    ...field('labels', pairs.join(' ')),
    ...field('started', startsAt),
    ...field('ended', endsAt),
    ...field('received', instant(receivedAt)),
    ...field('link', bestUrl),
  ];
}

function headline({ status, severity, name }: Event): string {
  return `${status} ${severity} ${oneLine(name)}`;
}

function shortSaying(event: Event): string {
  const text = saying(event);
  if (text === undefined) return '';
  return `: ${shortLine(text, LONGEST_SAYING)}`;
}

/** Nothing for what is missing; further lines of the value stand below its first. */
function field(name: string, value: string | undefined): string[] {
  if (value === undefined || value === '') return [];
  const [first = '', ...rest] = value.split(/\r?\n/).map(escapeUnsafe);
  return [`  ${name.padEnd(12)} ${first}`, ...rest.map((line) => `${' '.repeat(15)}${line}`)];
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
