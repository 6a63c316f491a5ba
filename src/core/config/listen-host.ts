/** The key `http.host`: an IP address, in brackets or not, or a name. A port, which people expect there, is a fault with its cure. Pure. */
import { isIP, isIPv6 } from 'node:net';

/** What to listen on, or what is wrong with the text. */
export type ListenHost = { readonly host: string } | { readonly message: string; readonly hint: string };

const ANY = '0.0.0.0 means every address of this machine, :: the same with IPv6';
/** A name of DNS; underscores are in use too. */
const NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;
/** A text that ends in a number can only be an address (https://url.spec.whatwg.org/#ends-in-a-number-checker). */
const ENDS_IN_NUMBER = /(?:^|\.)\d+\.?$/;

/** Reads the key's text. */
export function readListenHost(text: string): ListenHost {
  const host = /^\[([^\]]*)\]$/.exec(text)?.[1] ?? text;
  if (isIP(host) !== 0 && (host === text || isIPv6(host))) return { host };
  if (host === text && NAME.test(text) && !ENDS_IN_NUMBER.test(text)) return { host };
  // Neither an address nor a name holds a colon but those that were let through above.
  if (/^(?:\[[^\]]*\]|[^:/]*):\d+$/.test(text)) {
    return { message: 'expected an address without a port', hint: `the port belongs into http.port; ${ANY}` };
  }
  return { message: 'expected an IP address or a name to listen on', hint: ANY };
}
