/**
 * What an entry of a feed card says, in its one line: for whom, state, severity, name, the labels that tell it from the others, its words,
 * and how late. Plain text: DingTalk shows the titles of a feed card as they are, and nobody can be mentioned in one
 * (https://open.dingtalk.com/document/development/robot-message-type, 2026-05-15). Pure.
 */
import type { ComposeContext } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { againText, type Entry, lastedMs } from './digest-entry.ts';
import { placeText, sharedNames } from './digest-place.ts';
import { lastedText } from './duration-text.ts';
import { haveSeveralSources, labelTexts, nameText, sourceText, wordsText } from './entry-words.ts';
import { lateMs, lateNote } from './lateness.ts';
import { standInMark } from './stand-in.ts';

/** A title for each entry, in their order. The first has the keyword, which a message needs once. */
export function feedTitles(
  entries: readonly Entry[],
  { now, delayedBy }: Pick<ComposeContext, 'now' | 'delayedBy'>,
  { keyword, late_after }: Pick<DingtalkConfig, 'keyword' | 'late_after'>,
): readonly string[] {
  const byName = Map.groupBy(entries, ({ event }) => event.name);
  const withSource = haveSeveralSources(entries.map(({ event }) => event));
  const titles = entries.map((entry) => {
    const alike = byName.get(entry.event.name) ?? [];
    const common = sharedNames(alike.map(({ event }) => event));
    return (
      titleOf(entry, { common, withSource }) + lateNote(lateMs(entry.events, { now, late_after }), delayedBy)
    );
  });
  const [first = '', ...others] = titles;
  return first.includes(keyword) ? titles : [`${first} ${keyword}`, ...others];
}

/** Longest parts of a title, in characters: a phone shows two lines or three. */
const LONGEST_NAME = 80;
const LONGEST_PLACE = 60;
const LONGEST_WORDS = 120;

/** `firing critical: DiskFull instance=node-1, disk of node-1 is full`. */
function titleOf(
  { status, events, event }: Entry,
  { common, withSource }: { readonly common: ReadonlySet<string>; readonly withSource: boolean },
): string {
  const own = [...labelTexts(event)].filter(([name]) => !common.has(name)).map(([, text]) => text);
  const ms = status === 'fired and cleared' ? lastedMs(event) : undefined;
  const from = withSource ? sourceText(event) : '';
  const where = [nameText(event, LONGEST_NAME), placeText(own, LONGEST_PLACE), from].filter(
    (text) => text !== '',
  );
  const said = [
    where.join(' '),
    wordsText(event, LONGEST_WORDS).replace(/[.。]$/, ''),
    againText({ status, events }),
    ms === undefined ? '' : `lasted ${lastedText(ms)}`,
  ];
  const what = `${status} ${event.severity}: ${said.filter((text) => text !== '').join(', ')}`;
  const mark = standInMark(event);
  return mark === '' ? what : `${mark} ${what}`;
}
