/**
 * Links that remember what became of a URL: alerts of one rule come with the same few, thousands of times. Gives what the links that it
 * wraps give.
 */
import type { Links } from './links.ts';

/** As many URLs of a kind as are remembered. */
const REMEMBERED = 256;
/** Longer ones are seldom seen twice; with this the memory stays below 2 MB. */
const LONGEST_REMEMBERED = 2_048;

/** The same links, in a fraction of the time for a URL that was asked for before. */
export function rememberLinks(links: Links): Links {
  return {
    prometheus: remember((url) => links.prometheus(url)),
    alertmanager: remember((url) => links.alertmanager(url)),
    other: remember((url) => links.other(url)),
    fallbackUrl: links.fallbackUrl,
  };
}

type Rewrite = (url: string) => string | undefined;

function remember(rewrite: Rewrite): Rewrite {
  const known = new Map<string, string | undefined>();
  return (url) => {
    if (url === '' || url.length > LONGEST_REMEMBERED) return rewrite(url);
    const before = known.get(url);
    if (before !== undefined || known.has(url)) return before;
    // Begun anew, and not the oldest taken out: what is still in use is soon back.
    if (known.size >= REMEMBERED) known.clear();
    const rewritten = rewrite(url);
    known.set(url, rewritten);
    return rewritten;
  };
}
