/**
 * Makes a sender's words safe to stand in a markdown message: nothing in them becomes a link, a picture, bold type, a tag or a mention.
 * Words that must not begin a line (`#`, `-`, `>`) are the digest's affair: it never puts them there. Pure.
 */

/**
 * A line of text, so written that DingTalk's markdown shows it as it is: its signs are escaped, square brackets become round ones.
 * Where a backslash is not known to help, a blank breaks what would have a meaning: after `@` (a markdown message can mention people:
 * https://open.dingtalk.com/document/development/robot-message-type), after `://` and `www.` (clients make links of addresses), inside
 * tags, entities and `~~`. A blank is seen, and what is seen is what is copied.
 */
export function plainInMarkdown(line: string): string {
  return PLAIN.test(line) ? line : line.replace(MEANINGFUL, broken);
}

/**
 * A link, so written that it ends where it ends. Nothing that a server would read differently: only what may not stand in an address
 * unescaped, and round brackets, are percent-encoded; an `@` only behind the host, where it is no user's.
 */
export function linkInMarkdown(url: string): string {
  const host = /^[a-z][a-z0-9+.-]{0,30}:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  const rest = url.slice(host.length).replace(/[@\uff20]/g, encodeURIComponent);
  return (host + rest).toWellFormed().replace(NOT_IN_LINKS, percentEncoded);
}

/** Most lines have nothing to break; this is quicker to see than to replace. */
const PLAIN = /^[^\\`*_[\]@\uff20<&:~.]*$/;
const MEANINGFUL =
  /[\\`*_[\]]|[@\uff20](?=\S)|<(?=[a-z/!?])|&(?=#?\w{1,31};)|:\/\/(?=\S)|\bwww\.(?=\S)|~(?=~)/gi;

function broken(sign: string): string {
  if (sign === '[') return '(';
  if (sign === ']') return ')';
  return /^[\\`*_]$/.test(sign) ? `\\${sign}` : `${sign} `;
}

/** Blanks of all kinds, controls, marks that turn text around, and signs that end a link or begin something else. */
const NOT_IN_LINKS = /[()\s<>`\\\p{Cc}\p{Cf}]/gu;

function percentEncoded(char: string): string {
  if (char === '(') return '%28';
  return char === ')' ? '%29' : encodeURIComponent(char);
}
