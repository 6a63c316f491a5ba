/**
 * The form `digest`: many events in one markdown message, as many as fit, for when single links would take too many sends. DingTalk
 * itself advises this for monitoring
 * (https://open.dingtalk.com/document/development/custom-robots-send-group-messages, 2026-07-14). digest-text.ts says what
 * stands in it; this file packs it. Pure.
 */
import type { ComposeContext, Event, Message } from '../../core/plugin/contract.ts';
import type { DingtalkSettings } from './config.ts';
import { entriesOf } from './digest-entry.ts';
import { partsOf } from './digest-parts.ts';
import { digestText, digestTitle, type EntryParts } from './digest-text.ts';
import { largestCount } from './largest-count.ts';
import { bytesAsSent, LARGEST_BODY_BYTES, markdownBody } from './message.ts';

/** What a message of many events depends on beside them and the settings. */
export type DigestContext = Pick<ComposeContext, 'now' | 'part' | 'delayedBy' | 'expired'>;

/**
 * A message for the first of these events, as many as its bytes hold, each whole; open if those are all. `undefined` if not even two
 * fit: then a single message for the first one says more. Of several messages each says which part it is.
 */
export function composeDigest(
  events: readonly Event[],
  context: DigestContext,
  settings: DingtalkSettings,
): Message | undefined {
  const partsFor = once((event: Event) => partsOf(event, settings.link_open));
  const bodyFor = (count: number): string => {
    const entries = entriesOf(events.slice(0, count)).map((entry) => ({
      ...entry,
      parts: partsFor(entry.event),
    }));
    const part = context.part > 1 || count < events.length ? context.part : 0;
    return bodyOf(entries, { ...context, part }, settings);
  };
  const covers = largestCount(events.length, (count) => bytesAsSent(bodyFor(count)) <= LARGEST_BODY_BYTES);
  if (covers < 2) return undefined;
  const message = { form: 'digest', body: bodyFor(covers), covers, open: covers === events.length };
  return (context.expired ?? 0) > 0 ? { ...message, tellsExpired: true } : message;
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

function bodyOf(
  entries: readonly EntryParts[],
  context: DigestContext,
  { keyword, late_after, digest_top, sink }: DingtalkSettings,
): string {
  return markdownBody({
    title: withKeyword(digestTitle(entries), keyword),
    text: withKeyword(digestText(entries, { ...context, late_after, digest_top, sink }), keyword),
  });
}

/** Behind the words, so that the worst is read first. */
function withKeyword(text: string, keyword: string): string {
  return text.includes(keyword) ? text : `${text} ${keyword}`;
}
