/**
 * The five message types of a custom robot and their fields, as https://open.dingtalk.com/document/development/robot-message-type
 * marks them. Stricter than DingTalk on purpose: a field that the page does not list is refused, since a misspelt one
 * (`messageURL` for `messageUrl`) would be ignored without a word, and so is a link that nobody could open.
 */
import { isObject, type JsonObject } from './input.ts';

/** The types that a custom robot takes. */
export const MSGTYPES = ['text', 'link', 'markdown', 'actionCard', 'feedCard'] as const;

/** One of them. */
export type Msgtype = (typeof MSGTYPES)[number];

/** One thing to click on. */
export interface MessageLink {
  readonly title: string;
  readonly url: string;
}

/** What people see of a message. */
export interface MessageView {
  /** Empty for text, which has none. */
  readonly title: string;
  readonly text: string;
  /** Where a click on the message leads; null if only its text or its buttons have links. */
  readonly url: string | null;
  /** Buttons of an actionCard, entries of a feedCard. */
  readonly links: readonly MessageLink[];
}

type FieldKind = 'text' | 'link' | 'picture' | 'optional_picture' | 'optional_flag' | 'ignored';
type Shape = Readonly<Record<string, FieldKind>>;

const CARD: Shape = {
  title: 'text',
  text: 'text',
  btnOrientation: 'optional_flag',
  hideAvatar: 'optional_flag',
};
const SHAPES: Readonly<Record<Exclude<Msgtype, 'feedCard' | 'actionCard'>, Shape>> = {
  text: { content: 'text' },
  link: { title: 'text', text: 'text', messageUrl: 'link', picUrl: 'optional_picture' },
  markdown: { title: 'text', text: 'text' },
};
const ONE_BUTTON_CARD: Shape = { ...CARD, singleTitle: 'text', singleURL: 'link', btns: 'ignored' };
const MANY_BUTTONS_CARD: Shape = { ...CARD, btns: 'ignored' };
const BUTTON: Shape = { title: 'text', actionURL: 'link' };
const FEED: Shape = { links: 'ignored' };
const FEED_ENTRY: Shape = { title: 'text', messageURL: 'link', picURL: 'picture' };

/** The path of the first field that DingTalk would not take, as in `link.messageUrl`; undefined if all are fine. */
export function fieldFault(msgtype: Msgtype, content: JsonObject): string | undefined {
  switch (msgtype) {
    case 'feedCard':
      return shapeFault(content, FEED, msgtype) ?? listFault(content.links, FEED_ENTRY, 'feedCard.links');
    case 'actionCard':
      if (hasOneButton(content)) return shapeFault(content, ONE_BUTTON_CARD, msgtype);
      return (
        shapeFault(content, MANY_BUTTONS_CARD, msgtype) ?? listFault(content.btns, BUTTON, 'actionCard.btns')
      );
    default:
      return shapeFault(content, SHAPES[msgtype], msgtype);
  }
}

/** What people see of content in which fieldFault() found nothing. */
export function viewOf(msgtype: Msgtype, content: JsonObject): MessageView {
  const view = { title: textOf(content.title), text: textOf(content.text), url: null, links: [] };
  switch (msgtype) {
    case 'text':
      return { ...view, text: textOf(content.content) };
    case 'link':
      return { ...view, url: textOf(content.messageUrl) };
    case 'markdown':
      return view;
    case 'actionCard':
      return cardView(view, content);
    default: {
      const links = linksOf(content.links, 'messageURL');
      return {
        ...view,
        title: links[0]?.title ?? '',
        text: links.map((link) => link.title).join('\n'),
        links,
      };
    }
  }
}

function cardView(view: MessageView, content: JsonObject): MessageView {
  if (!hasOneButton(content)) return { ...view, links: linksOf(content.btns, 'actionURL') };
  const link = { title: textOf(content.singleTitle), url: textOf(content.singleURL) };
  return { ...view, url: link.url, links: [link] };
}

function hasOneButton(content: JsonObject): boolean {
  return content.singleTitle !== undefined || content.singleURL !== undefined;
}

function shapeFault(content: JsonObject, shape: Shape, where: string): string | undefined {
  const unknown = Object.keys(content).find((key) => !Object.hasOwn(shape, key));
  if (unknown !== undefined) return `${where}.${unknown}`;
  const bad = Object.entries(shape).find(([key, kind]) => !isField(content[key], kind));
  return bad === undefined ? undefined : `${where}.${bad[0]}`;
}

function listFault(list: unknown, shape: Shape, where: string): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return where;
  for (const [index, entry] of list.entries()) {
    const path = `${where}[${index}]`;
    const fault = isObject(entry) ? shapeFault(entry, shape, path) : path;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isField(value: unknown, kind: FieldKind): boolean {
  switch (kind) {
    case 'text':
      return textOf(value).trim() !== '';
    case 'link':
      return isUrl(textOf(value), ['http:', 'https:', 'dingtalk:']);
    case 'picture':
      return isPicture(textOf(value));
    case 'optional_picture':
      // DingTalk's own sample sends an empty picUrl.
      return value === undefined || value === '' || isPicture(textOf(value));
    case 'optional_flag':
      return value === undefined || value === '0' || value === '1';
    default:
      return true;
  }
}

/** A public URL or a media id. */
function isPicture(text: string): boolean {
  return text.startsWith('@') || isUrl(text, ['http:', 'https:']);
}

function isUrl(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol);
}

function linksOf(list: unknown, urlField: string): readonly MessageLink[] {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return entries
    .filter(isObject)
    .map((entry) => ({ title: textOf(entry.title), url: textOf(entry[urlField]) }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
