/**
 * The named formats of configuration keys (plugin/contract.ts): what each accepts, how text becomes a value, and how a message
 * names what it expects. Convict's own formats are not used: they take `no` for true and `8080junk` for 8080
 * (https://github.com/mozilla/node-convict).
 */
import convict from 'convict';
import { toHttpUrl } from '../event/http-url.ts';
import type { ConfigFormat, ConfigKey } from '../plugin/contract.ts';
import { parseDuration, renderDuration } from './duration.ts';
import { isMapping } from './mapping.ts';
import { parseSize, renderSize } from './size.ts';

/** A key as the core reads it: what a plugin can say, and what only the core's own keys have. */
export interface Setting extends ConfigKey {
  /** A key with the default null that may stay away, whatever its format. */
  readonly optional?: boolean;
  /** Smallest and largest value of a `whole`, `duration` or `size`, in the unit of the result. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** White space at the ends does not count, as in every credential. */
  readonly trim?: boolean;
  /** The environment variable that overrides the file. */
  readonly env?: string;
}

interface Format {
  readonly expected: string;
  accepts(value: unknown, setting: Setting): boolean;
  /** Text to value; the text itself if it is none, so that accepts() refuses it. */
  readonly parse?: (text: string) => unknown;
  readonly render?: (value: number) => string;
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

const FORMATS: { readonly [Name in ConfigFormat]: Format } = {
  text: { expected: 'text', accepts: isText },
  required_text: { expected: 'text', accepts: (value) => isText(value) && value !== '' },
  flag: {
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    parse: (text) => FLAGS.get(text.toLowerCase()) ?? text,
  },
  whole: {
    expected: 'a whole number',
    accepts: isWhole,
    parse: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
    render: String,
  },
  duration: {
    expected: 'a duration such as 30s, 5m or 1h30m',
    accepts: isWhole,
    parse: (text) => parseDuration(text) ?? text,
    render: renderDuration,
  },
  size: {
    expected: 'a size such as 500KiB or 16MiB',
    accepts: isWhole,
    parse: (text) => parseSize(text) ?? text,
    render: renderSize,
  },
  http_url: { expected: 'a URL that begins with http:// or https://', accepts: isHttpUrl },
  text_list: { expected: 'a list of texts', accepts: (value) => Array.isArray(value) && value.every(isText) },
  text_map: { expected: 'keys with a text each', accepts: isTextMap },
};

/**
 * Makes the formats known to convict. Its registry belongs to the whole process, so the names carry ours as a prefix, and
 * registering again changes nothing.
 */
export function registerFormats(): void {
  for (const [name, format] of Object.entries(FORMATS)) {
    convict.addFormat({
      name: convictFormat(name),
      validate(value: unknown, setting) {
        // Convict hands over the schema's own node, which through-convict.ts made from a Setting; its types say less of it.
        if (!format.accepts(value, setting as unknown as Setting)) throw new Error('refused');
      },
      ...(format.parse === undefined ? {} : { coerce: format.parse }),
    });
  }
}

/** The name under which convict knows a format. */
export function convictFormat(name: string): string {
  return `notifierd_${name}`;
}

/** True for a value that a key may have, once text was parsed. */
export function accepts(setting: Setting, value: unknown): boolean {
  const { format } = setting;
  return typeof format === 'string'
    ? FORMATS[format].accepts(value, setting)
    : format.some((word) => word === value);
}

/** What a key expects, to follow the word "expected": `a whole number from 0 to 65535`. */
export function expectation({ format, atLeast, atMost, sensitive }: Setting): string {
  if (typeof format !== 'string') return `one of ${format.join(', ')}`;
  const { expected, render = String } = FORMATS[format];
  if (format === 'http_url' && sensitive === undefined) return `${expected}, without user and password`;
  const from = atLeast === undefined ? '' : ` from ${render(atLeast)}`;
  const to = atMost === undefined ? '' : ` to ${render(atMost)}`;
  return from + to === '' ? expected : `${expected},${from || ` from ${render(0)}`}${to || ' on'}`;
}

/** The value as a configuration file would write it: `6m` for 360000 of a duration. */
export function renderSetting(value: unknown, { format }: Setting): unknown {
  const render = typeof format === 'string' ? FORMATS[format].render : undefined;
  return render === undefined || typeof value !== 'number' || format === 'whole' ? value : render(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextMap(value: unknown): boolean {
  return isMapping(value) && Object.values(value).every(isText);
}

function isWhole(value: unknown, { atLeast = 0, atMost = Number.MAX_SAFE_INTEGER }: Setting): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= atLeast && value <= atMost;
}

/** User and password are only let into keys that are masked. A URL parser takes hosts that nothing can open. */
function isHttpUrl(value: unknown, { sensitive }: Setting): boolean {
  if (!isText(value) || !/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) return false;
  const { username, password, origin } = new URL(value);
  // A password may hold any sign.
  if (toHttpUrl(sensitive === undefined ? value : `${origin}/`) === undefined) return false;
  return sensitive !== undefined || (username === '' && password === '');
}
