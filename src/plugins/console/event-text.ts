/**
 * One event as a block of text for a person who was just woken: what, how bad, where, since when, and where to click. Pure. The
 * first line stands at the margin and all others are indented, so that no text of an alert can pass for another event.
 */

import { ownValue } from '../../core/event/own-value.ts';
import type { Event } from '../../core/plugin/contract.ts';
import { cleanLine } from './clean-text.ts';

/** How the first line of a block begins: status and severity. No other line can begin so. */
export const HEAD = /^(FIRING|RESOLVED) ([a-z]+)/;

/** Labels that say where, in the order in which people narrow it down; the others follow by name. */
const WHERE_FIRST = ['cluster', 'namespace', 'job', 'service', 'instance', 'node', 'pod', 'container'];
const SAYS_WHERE: ReadonlySet<string> = new Set(WHERE_FIRST);

/** The block, lines joined, without an end. */
export function renderEvent(event: Event): string {
  return [renderHead(event), ...renderBody(event)].join('\n  ');
}

function renderHead({ status, severity, name, startsAt, endsAt, insteadOf }: Event): string {
  // Whoever reads it must see that another sink should have told.
  const mark = insteadOf === undefined ? '' : `[for ${cleanLine(insteadOf)}, which cannot deliver this]  `;
  const when =
    endsAt === undefined ? `since ${seconds(startsAt)}` : `${seconds(startsAt)} to ${seconds(endsAt)}`;
  return `${status.toUpperCase()} ${severity}  ${mark}${cleanLine(name)}  ${when}`;
}

function renderBody(event: Event): string[] {
  const lines: string[] = [];
  for (const text of [event.summary, event.description, event.message]) {
    const said = text === undefined ? undefined : cleanLine(text);
    if (said !== undefined && !lines.includes(said)) lines.push(said);
  }
  const add = (title: string, text: string | undefined): void => {
    if (text !== undefined && text !== '') lines.push(`${title} ${cleanLine(text)}`);
  };
  add('source  ', event.source);
  add('where   ', renderLabels(event));
  add('link    ', event.bestUrl);
  if (event.runbookUrl !== event.bestUrl) add('runbook ', event.runbookUrl);
  if (event.status === 'firing') add('silence ', event.silenceUrl);
  if (event.truncatedAlerts !== 0)
    add(
      'note    ',
      `max_alerts of Alertmanager cut ${event.truncatedAlerts} more alerts off this notification`,
    );
  return lines;
}

function renderLabels({ labels, severity }: Event): string {
  const where = WHERE_FIRST.filter((name) => Object.hasOwn(labels, name));
  const others = Object.keys(labels).filter(
    (name) =>
      !SAYS_WHERE.has(name) && name !== 'alertname' && (name !== 'severity' || labels.severity !== severity),
  );
  return [...where, ...inOrder(others)]
    .map((name) => `${quoted(name)}=${quoted(ownValue(labels, name) ?? '')}`)
    .join(' ');
}

/** By name, as Alertmanager sends them already. */
function inOrder(names: readonly string[]): readonly string[] {
  return names.every((name, index) => (names[index - 1] ?? '') <= name) ? names : names.toSorted();
}

/** Quoted where it could not be told from its neighbours otherwise. */
function quoted(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/** RFC 3339 to the second; nobody needs its nanoseconds at night. */
function seconds(instant: string): string {
  return cleanLine(instant.replace(/\.\d+/, ''));
}
