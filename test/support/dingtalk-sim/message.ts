/**
 * Reads the body of a call to a robot, from raw bytes to a message that people can see, or to the refusal that DingTalk would
 * answer. Pure. Looks only at the message itself: credentials, keywords and rates are judged elsewhere.
 */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from './input.ts';
import { fieldFault, type MessageView, MSGTYPES, type Msgtype, viewOf } from './message-types.ts';
import type { Refusal } from './refusal.ts';

/** Largest body in raw bytes; DingTalk does not say whether it counts raw or parsed ones, and raw ones are never fewer. */
export const MOST_BODY_BYTES = 20_000;

/** A body that could be read as a JSON object, whatever it holds. */
export interface ReadBody {
  readonly content: JsonObject | undefined;
  /** The idempotency key, if there is a usable one, however wrong the rest may be. */
  readonly msgUuid: string | undefined;
  /** Hash of the bytes: tells whether an id comes again with another message. */
  readonly hash: string;
}

/** A message that a robot would show. */
export interface RobotMessage extends MessageView {
  readonly msgtype: Msgtype;
}

const TOP_FIELDS: readonly string[] = ['msgtype', 'msgUuid', 'at', ...MSGTYPES];
const LONGEST_UUID = 36;
const MOST_MENTIONS = 50;

/** Decodes the bytes as strict UTF-8 and JSON. Never throws: what cannot be read has no content. */
export function readBody(bytes: Buffer): ReadBody {
  const content = parseObject(bytes);
  const uuid = content?.msgUuid;
  return {
    content,
    msgUuid: typeof uuid === 'string' && uuid !== '' ? uuid : undefined,
    hash: createHash('sha256').update(bytes).digest('base64'),
  };
}

/** The message, or why DingTalk would refuse it. */
export function parseMessage({ content }: ReadBody): RobotMessage | Refusal {
  if (content === undefined) return missing('json');
  if (typeof content.msgtype !== 'string' || content.msgtype === '') return missing('msgtype');
  const msgtype = MSGTYPES.find((known) => known === content.msgtype);
  if (msgtype === undefined) return { errcode: 400105 };
  const unknown = Object.keys(content).find((key) => !TOP_FIELDS.includes(key));
  if (unknown !== undefined) return missing(unknown);
  if (content.msgUuid !== undefined && !isUuid(content.msgUuid)) return missing('msgUuid');
  const typed = content[msgtype];
  if (!isObject(typed)) return missing(msgtype);
  const fault = fieldFault(msgtype, typed) ?? atFault(msgtype, content.at);
  return fault === undefined ? { msgtype, ...viewOf(msgtype, typed) } : missing(fault);
}

/** True if the text of the message or its title has one of the keywords, or none is asked for. */
export function hasKeyword(message: RobotMessage, keywords: readonly string[]): boolean {
  return (
    keywords.length === 0 ||
    keywords.some((word) => message.title.includes(word) || message.text.includes(word))
  );
}

function parseObject(bytes: Buffer): JsonObject | undefined {
  try {
    // A byte order mark must stay visible, so that JSON.parse refuses it.
    const parsed: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isUuid(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_UUID;
}

/** Mentions are checked only where they mean something: link and feedCard ignore `at`. */
function atFault(msgtype: Msgtype, at: unknown): string | undefined {
  if (at === undefined || msgtype === 'link' || msgtype === 'feedCard') return undefined;
  if (!isObject(at)) return 'at';
  const { atMobiles = [], atUserIds = [], isAtAll = false } = at;
  if (!isTextList(atMobiles)) return 'at.atMobiles';
  if (!isTextList(atUserIds)) return 'at.atUserIds';
  if (typeof isAtAll !== 'boolean') return 'at.isAtAll';
  return atMobiles.length + atUserIds.length > MOST_MENTIONS ? 'at' : undefined;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function missing(cause: string): Refusal {
  return { errcode: 40035, cause };
}
