/**
 * The form `digest`: many events in one markdown message, as many as fit, for when single links would take too many sends. DingTalk
 * itself advises this for monitoring
 * (https://open.dingtalk.com/document/development/custom-robots-send-group-messages, 2026-07-14). digest-text.ts says what
 * stands in it; this file packs it. Pure.
 */
import type { Event, Message } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { digestText, digestTitle } from './digest-text.ts';
import { bytesAsSent, LARGEST_BODY_BYTES, markdownBody } from './message.ts';

/**
 * A message for the first of these events, as many as its bytes hold, each whole. `undefined` if not even two fit: then a single
 * message for the first one says more.
 */
export function composeDigest(events: readonly Event[], config: DingtalkConfig): Message | undefined {
  const compose = (count: number): Message => toMessage(events.slice(0, count), config);
  const fits = (count: number): boolean => bytesAsSent(compose(count).body) <= LARGEST_BODY_BYTES;
  const count = largest(events.length, fits);
  return count < 2 ? undefined : compose(count);
}

/** The largest count up to `most` that fits; what fits grows with the events, so halving finds it. */
function largest(most: number, fits: (count: number) => boolean): number {
  let good = 0;
  let tooMany = most + 1;
  while (tooMany - good > 1) {
    const middle = Math.floor((good + tooMany) / 2);
    if (fits(middle)) good = middle;
    else tooMany = middle;
  }
  return good;
}

function toMessage(events: readonly Event[], config: DingtalkConfig): Message {
  const { keyword } = config;
  const card = {
    title: withKeyword(digestTitle(events), keyword),
    text: withKeyword(digestText(events, config.link_open), keyword),
  };
  return { form: 'digest', body: markdownBody(card), covers: events.length };
}

/** Behind the words, so that the worst is read first. */
function withKeyword(text: string, keyword: string): string {
  return text.includes(keyword) ? text : `${text} ${keyword}`;
}
