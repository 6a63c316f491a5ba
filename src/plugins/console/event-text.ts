/**
 * One event as a block of text for a person who was just woken: what, how bad, where, since when, and where to click. Pure. The
 * first line stands at the margin and all others are indented, so that no text of an alert can pass for another event.
 */
import type { Event } from '../../core/plugin/contract.ts';
import { cleanLine } from './clean-text.ts';

/** How the first line of a block begins: status and severity. No other line can begin so. */
export const HEAD = /^(FIRING|RESOLVED) ([a-z]+)/;

/** Labels that say where, in the order in which people narrow it down; the others follow by name. */
const WHERE_FIRST = ['cluster', 'namespace', 'job', 'service', 'instance', 'node', 'pod', 'container'];

/** The block, lines joined, without an end. */
export function renderEvent(event: Event): string {
  return [renderHead(event), ...renderBody(event).map((line) => `  ${line}`)].join('\n');
}

function renderHead({ status, severity, name, startsAt, endsAt, insteadOf }: Event): string {
  // Whoever reads it must see that another sink should have told.
  const mark = insteadOf === undefined ? [] : [`[for ${cleanLine(insteadOf)}, which cannot deliver]`];
  const when =
    endsAt === undefined ? `since ${seconds(startsAt)}` : `${seconds(startsAt)} to ${seconds(endsAt)}`;
  return [`${status.toUpperCase()} ${severity}`, ...mark, cleanLine(name), when].join('  ');
}

function renderBody(event: Event): string[] {
  const said = [event.summary, event.description, event.message].filter((text) => text !== undefined);
  const cutOff = event.truncatedAlerts;
  return [
    ...new Set(said.map(cleanLine)),
    ...row('where', renderLabels(event)),
    ...row('link', event.bestUrl),
    ...(event.runbookUrl === event.bestUrl ? [] : row('runbook', event.runbookUrl)),
    ...(event.status === 'firing' ? row('silence', event.silenceUrl) : []),
    ...(cutOff === 0
      ? []
      : row('note', `max_alerts of Alertmanager cut ${cutOff} more alerts off this notification`)),
  ];
}

function row(title: string, text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : [`${title.padEnd(8)} ${cleanLine(text)}`];
}

function renderLabels({ labels, severity }: Event): string {
  const names = Object.keys(labels)
    .filter((name) => name !== 'alertname' && (name !== 'severity' || labels.severity !== severity))
    .sort((a, b) => whereRank(a) - whereRank(b) || (a < b ? -1 : 1));
  return names.map((name) => `${quoted(name)}=${quoted(labels[name] ?? '')}`).join(' ');
}

function whereRank(name: string): number {
  const rank = WHERE_FIRST.indexOf(name);
  return rank === -1 ? WHERE_FIRST.length : rank;
}

/** Quoted where it could not be told from its neighbours otherwise. */
function quoted(text: string): string {
  return /^[^\s"=]+$/u.test(text) ? text : JSON.stringify(text);
}

/** RFC 3339 to the second; nobody needs its nanoseconds at night. */
function seconds(instant: string): string {
  return cleanLine(instant.replace(/\.\d+/, ''));
}
