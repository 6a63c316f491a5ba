/**
 * The form `digest`: many events in one markdown message, as many as fit, for when single links would take too many sends. DingTalk
 * itself advises this for monitoring
 * (https://open.dingtalk.com/document/development/custom-robots-send-group-messages, 2026-07-14). digest-text.ts says what
 * stands in it; this file packs it. Pure.
 */
import type { ComposeContext, Event, Message } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { entriesOf } from './digest-entry.ts';
import { partsOf } from './digest-parts.ts';
import { digestText, digestTitle, type EntryParts } from './digest-text.ts';
import { bytesAsSent, LARGEST_BODY_BYTES, markdownBody } from './message.ts';

/**
 * A message for the first of these events, as many as its bytes hold, each whole. `undefined` if not even two fit: then a single
 * message for the first one says more. Of several messages each says which part it is.
 */
export function composeDigest(
  events: readonly Event[],
  { now, part }: Pick<ComposeContext, 'now' | 'part'>,
  config: DingtalkConfig,
): Message | undefined {
  const partsFor = once((event: Event) => partsOf(event, config.link_open));
  const compose = (count: number): Message => {
    const entries = entriesOf(events.slice(0, count));
    const body = bodyOf(
      entries.map((entry) => ({ ...entry, parts: partsFor(entry.event) })),
      { now, part: part > 1 || count < events.length ? part : 0 },
      config,
    );
    return { form: 'digest', body, covers: count };
  };
  const count = largest(events.length, (many) => bytesAsSent(compose(many).body) <= LARGEST_BODY_BYTES);
  return count < 2 ? undefined : compose(count);
}

/** Makes each value once, when it is first asked for. */
function once<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    return known.value;
  };
}

/** Tried first: few enough that nothing is composed in vain, whatever waits. */
const FIRST_TRIAL = 16;

/**
 * A count up to `most` that fits while one more does not. Found by doubling, then halving, so that no more events are looked at than
 * about twice those that fit. More events may take fewer bytes (what they have in common is said once), so it need not be the only such
 * count.
 */
function largest(most: number, fits: (count: number) => boolean): number {
  let good = 0;
  let tooMany = most + 1;
  while (tooMany - good > 1) {
    const middle = Math.floor((good + tooMany) / 2);
    const trial = Math.min(middle, Math.max(FIRST_TRIAL, 2 * good));
    if (fits(trial)) good = trial;
    else tooMany = trial;
  }
  return good;
}

function bodyOf(
  entries: readonly EntryParts[],
  { now, part }: { readonly now: number; readonly part: number },
  config: DingtalkConfig,
): string {
  const { keyword, late_after, digest_top } = config;
  return markdownBody({
    title: withKeyword(digestTitle(entries), keyword),
    text: withKeyword(digestText(entries, { now, part, late_after, digest_top }), keyword),
  });
}

/** Behind the words, so that the worst is read first. */
function withKeyword(text: string, keyword: string): string {
  return text.includes(keyword) ? text : `${text} ${keyword}`;
}
