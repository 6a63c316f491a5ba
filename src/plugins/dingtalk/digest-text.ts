/**
 * What a digest says: entries grouped by severity and alert name, what a group has in common once, and each entry on a line of its own
 * with its status, its place, its words and its link. DingTalk's subset of markdown only
 * (https://open.dingtalk.com/document/development/robot-message-type, 2026-05-15). digest-parts.ts makes the parts. Pure.
 */
import { SEVERITIES, severityRank } from '../../core/event/severity.ts';
import type { Event } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { type Entry, lastedMs } from './digest-entry.ts';
import type { EventParts } from './digest-parts.ts';
import { lastedText } from './duration-text.ts';
import { type LateRule, lateMs, lateNote, lateText } from './lateness.ts';

/** What decides how much is said: the configuration, the time, and which part of several this is (0: the only one). */
export type DigestRule = LateRule & Pick<DingtalkConfig, 'digest_top'> & { readonly part: number };

/** An entry with the parts of its latest event. */
export interface EntryParts extends Entry {
  readonly parts: EventParts;
}

/** Names in the title, which is what a phone shows before the message is opened. */
const NAMES_IN_TITLE = 2;
/** Labels of one line, in characters: whole ones up to here, at least one. */
const LONGEST_PLACE = 160;

/** Shown in the list of chats and on the locked phone: how many, and what first. */
export function digestTitle(entries: readonly EntryParts[]): string {
  const names = [...new Set(entries.map(({ parts }) => parts.titleName))];
  const more = names.length > NAMES_IN_TITLE ? `, +${names.length - NAMES_IN_TITLE}` : '';
  return `${countsOf(entries)}: ${names.slice(0, NAMES_IN_TITLE).join(', ')}${more}`;
}

/** The message itself, in markdown. */
export function digestText(entries: readonly EntryParts[], rule: DigestRule): string {
  const waitsMs = entries.map(({ events }) => lateMs(events, rule));
  const allLate = lateText(waitsMs);
  const late = new Map(allLate === '' ? entries.map((entry, index) => [entry, waitsMs[index] ?? 0]) : []);
  const part = rule.part === 0 ? '' : `part ${rule.part}`;
  const span = spanOf(entries.flatMap(({ events }) => events));
  const head = [`**${countsOf(entries)}**`, span, part, allLate];
  const shown = topOf(entries, rule.digest_top);
  const sections = SEVERITIES.flatMap((severity) => {
    const ofSeverity = shown.filter(({ event }) => event.severity === severity);
    if (ofSeverity.length === 0) return [];
    const groups = [...Map.groupBy(ofSeverity, ({ event }) => event.name).values()];
    const count = entries.filter(({ event }) => event.severity === severity).length;
    return [`### ${severity} (${count})`, ...groups.map((group) => groupText(group, late))];
  });
  const text = [head.filter((part) => part !== '').join(', '), ...sections];
  const hidden = entries.length - shown.length;
  if (hidden > 0) text.push(`and ${hidden} more: see the console sink's log or Alertmanager`);
  return text.join('\n\n');
}

/** All of them, or the worst, as many as configured. */
function topOf(entries: readonly EntryParts[], most: number): readonly EntryParts[] {
  if (most === 0 || entries.length <= most) return entries;
  return entries
    .toSorted((a, b) => severityRank(a.event.severity) - severityRank(b.event.severity))
    .slice(0, most);
}

/** Milliseconds that an entry is late; what is not in it says nothing of it. */
type Lateness = ReadonlyMap<EntryParts, number>;

function groupText(entries: readonly EntryParts[], late: Lateness): string {
  const [first] = entries;
  if (first === undefined) return '';
  const common = commonLabels(entries);
  const { name, words } = first.parts;
  const saysTheSame =
    entries.length > 1 && words !== '' && entries.every(({ parts }) => parts.words === words);
  const place = placeText([...common].map((label) => first.parts.labels.get(label) ?? ''));
  const head = place === '' ? `**${name}**` : `**${name}** ${place}`;
  const lines = entries.map((entry) => entryLine(entry, { common, withWords: !saysTheSame, late }));
  // A word of ours goes first: the sender's could begin a heading or a list.
  return [head, ...(saysTheSame ? [`all: ${words}`] : []), lines.join('\n')].join('\n\n');
}

function entryLine(
  entry: EntryParts,
  { common, withWords, late }: { common: ReadonlySet<string>; withWords: boolean; late: Lateness },
): string {
  const { status, event, parts } = entry;
  const own = [...parts.labels].filter(([name]) => !common.has(name)).map(([, text]) => text);
  const place = placeText(own) || parts.name;
  const linked = parts.link === '' ? place : `[${place}](${parts.link})`;
  const words = withWords && parts.words !== '' ? ` ${parts.words}` : '';
  const ms = status === 'fired and cleared' ? lastedMs(event) : undefined;
  const said = ms === undefined ? words : `${words.replace(/[.。]$/, '')}, lasted ${lastedText(ms)}`;
  return `- ${status} ${linked}${said}${lateNote(late.get(entry) ?? 0)}`;
}

/** The names of the labels that all of several entries have, with the same value. */
function commonLabels(entries: readonly EntryParts[]): ReadonlySet<string> {
  const [first, ...others] = entries;
  if (first === undefined || others.length === 0) return new Set();
  const { labels } = first.event;
  return new Set(
    [...first.parts.labels.keys()].filter((name) =>
      others.every(({ event }) => Object.hasOwn(event.labels, name) && event.labels[name] === labels[name]),
    ),
  );
}

/** Labels in one line: whole ones while there is room, and how many more there are. */
function placeText(labels: readonly string[]): string {
  let [text = '', ...rest] = labels;
  for (const [index, label] of rest.entries()) {
    if (text.length + label.length >= LONGEST_PLACE) {
      const more = rest.length - index;
      return `${text} … +${more} ${more === 1 ? 'label' : 'labels'}`;
    }
    text += ` ${label}`;
  }
  return text;
}

function countsOf(entries: readonly Entry[]): string {
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
