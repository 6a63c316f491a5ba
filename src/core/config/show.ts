/** How values of a configuration appear in messages: short, on one line, and never a secret. Pure. */

const LONGEST_SHOWN = 60;

/** What came, for "expected …, got …". Of a sensitive value only its kind; of a URL neither password nor query. */
export function showValue(value: unknown, sensitive: boolean): string {
  const quotable = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (value === '') return 'an empty text';
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (sensitive || !quotable) return kindOf(value);
  const text = typeof value === 'string' ? hideCredentials(value) : String(value);
  const short = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return typeof value === 'string' ? JSON.stringify(short) : short;
}

/** The kind of a value in the words of a person who writes YAML. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys of its own';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'text';
}

/**
 * A name that a person gave, of a file, a plugin or a sink: as it is if it looks like one. An address, or a long text of letters and digits
 * alone, may be a credential that stands in the wrong key.
 */
export function showName(name: string): string {
  const isName = !/[?=&<>{}\p{C}]|:\/\/|:.*@/u.test(name);
  const isShort = name.length <= LONGEST_PLAIN_NAME || /[./]/.test(name);
  return isName && isShort ? name : 'a text that does not look like a name';
}

/** Tokens are longer. */
const LONGEST_PLAIN_NAME = 30;

/** The text without what stands before `@` and after `?` in a URL: there credentials hide. */
export function hideCredentials(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text.replace(/^[^@:/\s]+:[^@\s]*@/, '***@');
  // In a broken URL, a password may hold the slash that seems to end the host.
  const user = URL.canParse(text) ? /^([^:]+:\/\/)[^/]*@/ : /^([^:]+:\/\/).*@/s;
  return text.replace(user, '$1***@').replace(/\?.*$/s, '?…');
}
