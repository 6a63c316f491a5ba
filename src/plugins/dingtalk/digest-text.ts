/**
 * What a digest says: entries grouped by severity and alert name, what a group has in common once, and each entry on a line of its own
 * with its status, its place, its words and its link. DingTalk's subset of markdown only
 * (https://open.dingtalk.com/document/development/robot-message-type, 2026-05-15). digest-head.ts makes the first line, digest-parts.ts
 * the parts of the others. Pure.
 */
import { SEVERITIES, severityRank } from '../../core/event/severity.ts';
import type { ComposeContext } from '../../core/plugin/contract.ts';
import type { DingtalkSettings } from './config.ts';
import { againText, type Entry, lastedMs } from './digest-entry.ts';
import { countsOf, headText, standsInForOne } from './digest-head.ts';
import type { EventParts } from './digest-parts.ts';
import { placeText, sharedNames } from './digest-place.ts';
import { lastedText } from './duration-text.ts';
import { haveSeveralSources } from './entry-words.ts';
import { type LateRule, lateMs, lateNote, lateText } from './lateness.ts';
import { expiredText, hiddenText } from './left-out.ts';
import { plainInMarkdown } from './plain-in-markdown.ts';
import { standInMark } from './stand-in.ts';

/** What decides how much is said: the sink, the time and its causes, and which part of several this is (0: the only one). */
export type DigestRule = LateRule &
  Pick<DingtalkSettings, 'digest_top' | 'sink'> &
  Pick<ComposeContext, 'part' | 'delayedBy' | 'expired'>;

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
  const head = headText(entries, { part: rule.part, late: lateText(waitsMs, rule.delayedBy) });
  const notes: EntryNotes = {
    late: waitsMs.includes(0)
      ? new Map(entries.map((entry, index) => [entry, waitsMs[index] ?? 0]))
      : new Map(),
    standIn: !standsInForOne(entries),
    source: haveSeveralSources(entries.map(({ event }) => event)),
  };
  const shown = topOf(entries, rule.digest_top);
  const sections = SEVERITIES.flatMap((severity) => {
    const ofSeverity = shown.filter(({ event }) => event.severity === severity);
    if (ofSeverity.length === 0) return [];
    const groups = [...Map.groupBy(ofSeverity, ({ event }) => event.name).values()];
    const count = entries.filter(({ event }) => event.severity === severity).length;
    return [`### ${severity} (${count})`, ...groups.map((group) => groupText(group, notes))];
  });
  const missing = leftOut(entries, new Set(shown), rule).map(plainInMarkdown);
  return [head, ...sections, ...missing].join('\n\n');
}

/** All of them, or the worst, as many as configured. */
function topOf(entries: readonly EntryParts[], most: number): readonly EntryParts[] {
  if (most === 0 || entries.length <= most) return entries;
  return entries
    .toSorted((a, b) => severityRank(a.event.severity) - severityRank(b.event.severity))
    .slice(0, most);
}

/** What a line says of its entry beside its words. */
interface EntryNotes {
  /** Milliseconds that an entry is late; what is not in it says nothing of it. */
  readonly late: ReadonlyMap<EntryParts, number>;
  /** Whether it says for which sink it stands in. */
  readonly standIn: boolean;
  /** Whether it says from which source it comes. */
  readonly source: boolean;
}

function groupText(entries: readonly EntryParts[], notes: EntryNotes): string {
  const [first] = entries;
  if (first === undefined) return '';
  const common = sharedNames(entries.map(({ event }) => event));
  const { name, words } = first.parts;
  const saysTheSame =
    entries.length > 1 && words !== '' && entries.every(({ parts }) => parts.words === words);
  const labels = [...common].map((label) => first.parts.labels.get(label) ?? '');
  const place = placeText(labels, LONGEST_PLACE);
  const head = place === '' ? `**${name}**` : `**${name}** ${place}`;
  const lines = entries.map((entry) => entryLine(entry, { ...notes, common, withWords: !saysTheSame }));
  // A word of ours goes first: the sender's could begin a heading or a list.
  return [head, ...(saysTheSame ? [`all: ${words}`] : []), lines.join('\n')].join('\n\n');
}

function entryLine(
  entry: EntryParts,
  rule: EntryNotes & { readonly common: ReadonlySet<string>; readonly withWords: boolean },
): string {
  const { status, event, parts } = entry;
  const mark = rule.standIn ? plainInMarkdown(standInMark(event)) : '';
  const own = [...parts.labels].filter(([name]) => !rule.common.has(name)).map(([, text]) => text);
  const place = placeText(own, LONGEST_PLACE) || parts.name;
  const linked = parts.link === '' ? place : `[${place}](${parts.link})`;
  const words = rule.withWords && parts.words !== '' ? ` ${parts.words}` : '';
  const ms = status === 'fired and cleared' ? lastedMs(event) : undefined;
  const notes = [againText(entry), ms === undefined ? '' : `lasted ${lastedText(ms)}`].filter(
    (note) => note !== '',
  );
  const said = notes.length === 0 ? words : [words.replace(/[.。]$/, ''), ...notes].join(', ');
  const late = lateNote(rule.late.get(entry) ?? 0, undefined);
  const from = rule.source && parts.source !== '' ? ` ${parts.source}` : '';
  return `- ${mark === '' ? '' : `${mark} `}${status} ${linked}${from}${said}${late}`;
}

/** What the message does not show: the entries that are not among the shown, and the alerts that expired. */
function leftOut(
  entries: readonly Entry[],
  shown: ReadonlySet<Entry>,
  { sink, expired = 0 }: DigestRule,
): readonly string[] {
  const hidden = entries.filter((entry) => !shown.has(entry));
  const receivedAt = hidden.flatMap(({ events }) => events.map((event) => event.receivedAt));
  return [
    ...(hidden.length === 0 ? [] : [hiddenText(hidden.length, { sink, sinceMs: Math.min(...receivedAt) })]),
    ...(expired === 0 ? [] : [expiredText(expired, sink)]),
  ];
}
