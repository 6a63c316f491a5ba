/**
 * What counts as a link that people can open: an absolute http(s) URL with a host. Every link of an event passes here last,
 * so that no plugin ever shows a `javascript:` URL, a relative path or text that a chat client fails to parse.
 */

/** Longest URL in characters that is kept: browsers and chat clients open nothing longer. */
export const LONGEST_URL = 32_768;

/**
 * The same URL with what a URL must not hold (blanks, non-ASCII, `"<>\^{|}` and a `%` that starts no escape) percent-encoded,
 * blanks around it removed and a non-ASCII host in its ASCII form. All other characters stay exactly as they were.
 * `undefined` for anything that is not an absolute http or https URL with a host, or is longer than `LONGEST_URL`.
 */
export function toHttpUrl(text: string): string | undefined {
  if (text.length > LONGEST_URL) return undefined;
  const trimmed = text.trim();
  const [beginning = '', scheme = '', authority = ''] = ABSOLUTE.exec(trimmed) ?? [];
  const rest = trimmed.slice(beginning.length);
  const host = toAuthority(scheme, authority);
  if (host === undefined) return undefined;
  const url = `${scheme}//${host}${rest.toWellFormed().replace(NOT_ALLOWED, encodeURIComponent)}`;
  return url.length > LONGEST_URL ? undefined : url;
}

/** Scheme and authority. */
const ABSOLUTE = /^(https?:)\/\/([^/?#]+)/i;

/** What RFC 3986 allows nowhere in a URL (https://www.rfc-editor.org/rfc/rfc3986#appendix-A). */
const NOT_ALLOWED = /[^!#$%&-;=?-Z[\]_a-z~]|%(?![0-9A-Fa-f]{2})/gu;

/** Characters that parsers drop or read as something else: such an authority is not what it looks like. */
const MISLEADING = /[\p{Cc}\p{Zs}\p{Cs}\\"<>^`{|}]/u;

function toAuthority(scheme: string, authority: string): string | undefined {
  if (authority === '' || MISLEADING.test(authority)) return undefined;
  const url = URL.parse(`${scheme}//${authority}/`);
  if (url === null || url.hostname === '') return undefined;
  if (!/[^!-~]/.test(authority)) return authority;
  // Only the parser knows IDNA; it also normalizes the rest of the authority, which such an unusual URL can bear.
  return url.href.slice(`${url.protocol}//`.length, -1);
}
