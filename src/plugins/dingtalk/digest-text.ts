/**
 * What a digest says: events grouped by severity and alert name, what a group has in common once, and each alert on a line of its own
 * with its status, its place, its words and its link. DingTalk's subset of markdown only
 * (https://open.dingtalk.com/document/development/robot-message-type, 2026-05-15). Pure.
 */
import { SEVERITIES } from '../../core/event/severity.ts';
import type { Event } from '../../core/plugin/contract.ts';
import { cleanLine } from './clean-text.ts';
import type { LinkOpen } from './config.ts';
import { linksOf, openLink } from './open-link.ts';
import { jsonBytes, shorten } from './shorten.ts';

/** Longest parts of a line, in characters: a digest is read on a phone. */
const LONGEST_PLACE = 160;
const LONGEST_WORDS = 200;
const LONGEST_VALUE = 60;
/** A link longer than this gives way to the next best one: it would cost as much as five alerts. */
const LONGEST_LINK_BYTES = 1_500;
/** Names in the title, which is what a phone shows before the message is opened. */
const NAMES_IN_TITLE = 2;
const LONGEST_NAME = 40;

/** Shown in the list of chats and on the locked phone: how many, how bad, and what first. */
export function digestTitle(events: readonly Event[]): string {
  const names = [...new Set(events.map((event) => cut(cleanLine(event.name), LONGEST_NAME)))];
  const more = names.length > NAMES_IN_TITLE ? `, +${names.length - NAMES_IN_TITLE}` : '';
  return `${countsOf(events)}: ${names.slice(0, NAMES_IN_TITLE).join(', ')}${more}`;
}

/** The message itself, in markdown. */
export function digestText(events: readonly Event[], open: LinkOpen): string {
  const sections = SEVERITIES.flatMap((severity) => {
    const ofSeverity = events.filter((event) => event.severity === severity);
    if (ofSeverity.length === 0) return [];
    const groups = [...Map.groupBy(ofSeverity, (event) => event.name).values()];
    return [`### ${severity} (${ofSeverity.length})`, ...groups.map((group) => groupText(group, open))];
  });
  return [`**${countsOf(events)}**, ${spanOf(events)}`, ...sections].join('\n\n');
}

function groupText(events: readonly Event[], open: LinkOpen): string {
  const [first] = events;
  if (first === undefined) return '';
  const common = commonLabels(events);
  const words = new Set(events.map(wordsOf));
  const commonWords = words.size === 1 && events.length > 1 ? wordsOf(first) : '';
  const heading = [
    `**${escapeMarkdown(cut(cleanLine(first.name), LONGEST_NAME * 2))}**`,
    escapeMarkdown(labelText(common)),
  ];
  const head = heading.filter((part) => part !== '').join(' ');
  const said = commonWords === '' ? [] : [escapeMarkdown(commonWords)];
  const lines = events.map((event) => eventLine(event, { common, withWords: commonWords === '', open }));
  return [head, ...said, lines.join('\n')].join('\n\n');
}

function eventLine(
  event: Event,
  { common, withWords, open }: { common: Labels; withWords: boolean; open: LinkOpen },
): string {
  const own = Object.entries(event.labels).filter(([name]) => !common.has(name) && !SAID_ELSEWHERE.has(name));
  const place = cut(labelText(new Map(own)), LONGEST_PLACE) || cut(cleanLine(event.name), LONGEST_NAME);
  const link = linkOf(event, open);
  const linked = link === '' ? escapeMarkdown(place) : `[${escapeMarkdown(place)}](${link})`;
  const words = withWords ? wordsOf(event) : '';
  return `- ${event.status} ${linked}${words === '' ? '' : ` ${escapeMarkdown(words)}`}`;
}

type Labels = ReadonlyMap<string, string>;

/** The name heads the group and the severity its section. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['alertname', 'severity']);

function commonLabels(events: readonly Event[]): Labels {
  const [first] = events;
  const labels = Object.entries(first?.labels ?? {}).filter(
    ([name, value]) =>
      !SAID_ELSEWHERE.has(name) &&
      events.length > 1 &&
      events.every((event) => Object.hasOwn(event.labels, name) && event.labels[name] === value),
  );
  return new Map(labels);
}

function labelText(labels: Labels): string {
  return [...labels]
    .map(([name, value]) => `${cleanLine(name)}=${cut(cleanLine(value), LONGEST_VALUE)}`)
    .join(' ');
}

function wordsOf({ description, summary, message }: Event): string {
  const said = [description, summary, message].map((text) => cleanLine(text ?? ''));
  return cut(said.find((text) => text !== '') ?? '', LONGEST_WORDS);
}

function linkOf(event: Event, open: LinkOpen): string {
  const link = linksOf(event).find((url) => jsonBytes(url) <= LONGEST_LINK_BYTES);
  if (link === undefined) return '';
  // A bracket or a blank would end the link in markdown.
  return openLink(link.toWellFormed(), open).replace(
    /[()\s<>]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
}

function countsOf(events: readonly Event[]): string {
  const firing = events.filter((event) => event.status === 'firing').length;
  const resolved = events.length - firing;
  const parts = [firing > 0 ? `${firing} firing` : '', resolved > 0 ? `${resolved} resolved` : ''];
  return parts.filter((part) => part !== '').join(', ');
}

/** From the first to the last thing that happened, in UTC. */
function spanOf(events: readonly Event[]): string {
  const instants = events
    .map((event) =>
      Date.parse(event.status === 'resolved' ? (event.endsAt ?? event.startsAt) : event.startsAt),
    )
    .filter((instant) => !Number.isNaN(instant));
  if (instants.length === 0) return 'at unknown times';
  const [first, last] = [Math.min(...instants), Math.max(...instants)].map(timeText);
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`;
}

function timeText(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}

function cut(text: string, chars: number): string {
  return shorten(text, { chars, bytes: Number.POSITIVE_INFINITY }, 'ellipsis');
}

/** What DingTalk's markdown would take for its own. Brackets become round ones, because they would end a link's text. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_]/g, '\\$&')
    .replaceAll('[', '(')
    .replaceAll(']', ')');
}
