/**
 * DingTalk's own words (`errmsg`), made fit for the ledger and the log: short, on one line, without addresses and without
 * anything that is or looks like a credential. Pure.
 */
import { cleanLine } from './clean-text.ts';
import { shorten } from './shorten.ts';

const LONGEST_CHARS = 200;
/** The last part of newer texts: an address, and a sentence that says to read there. */
const FURTHER_READING = /;\s*link\s*:.*$/is;
const ADDRESS = /\b[a-z][a-z0-9+.-]{0,30}:\/\/\S*/gi;
const NAMED_CREDENTIAL = /\b(access_?token|sign|secret)(\s*[=:]\s*|%3d)[^\s&;,]+/gi;
/** Tokens, secrets and signatures have 40 characters and more; words and IP addresses have not. */
const LONG_RUN = /[\w+/=%-]{32,}/g;

/** The text without addresses and credentials, at most 200 characters. `secrets`: what must not appear even if it is short. */
export function safeVendorText(errmsg: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const stripped = known
    .reduce((text, secret) => text.replaceAll(secret, '[…]'), errmsg)
    .replace(FURTHER_READING, '')
    .replace(ADDRESS, '')
    .replace(NAMED_CREDENTIAL, '$1=[…]')
    .replace(LONG_RUN, '[…]');
  return shorten(cleanLine(stripped), { chars: LONGEST_CHARS, bytes: Number.POSITIVE_INFINITY }, 'ellipsis');
}

/**
 * The part that says what is wrong. Newer texts read `description:…;solution:…;link:…`, and a solution names other things as
 * well (for a wrong signature it speaks of the timestamp). https://github.com/qd-today/qd/issues/510
 */
export function descriptionIn(errmsg: string): string {
  return errmsg.split(/;\s*(?:solution|解决方案|link)\s*:/i, 1)[0] ?? '';
}
