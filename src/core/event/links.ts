/**
 * Turns the addresses that Prometheus and Alertmanager have inside their cluster into links that people can open. Pure; used
 * by the intake for each link of an event. Whether a link is one at all is decided by http-url.ts, which link is the best one
 * by best-url.ts.
 */
import { NotifierdError } from '../errors.ts';
import { alertmanagerBase, prometheusBase } from './base-url.ts';
import { LONGEST_URL, toHttpUrl } from './http-url.ts';
import { compileLinkRule, type LinkRule } from './link-rules.ts';

export type { LinkRule } from './link-rules.ts';

/** The section `links` of the configuration. */
export interface LinkOptions {
  /** Replaces everything before `graph` in a generatorURL; `graph` itself and slashes at its end do not count. */
  readonly prometheusUrl?: string;
  /** Replaces the whole externalURL; the page that was open and the API's path do not count. */
  readonly alertmanagerUrl?: string;
  /** For every link that the two above did not replace; the first rule that matches is the only one applied. */
  readonly rewrite: readonly LinkRule[];
  /** Where a message leads when its event has no link at all. */
  readonly fallbackUrl: string;
}

/** What becomes of each link: an absolute http(s) URL, or `undefined` if nothing that can be opened is left. Never throws. */
export interface Links {
  /** A generatorURL. With `prometheusUrl`, one whose path ends in `graph` leads there, query and fragment untouched. */
  prometheus(url: string): string | undefined;
  /** Alertmanager's externalURL; `alertmanagerUrl` whatever it is, if configured. */
  alertmanager(url: string): string | undefined;
  /** Runbooks, dashboards and all else. */
  other(url: string): string | undefined;
  readonly fallbackUrl: string;
}

/** Throws a NotifierdError (`links_invalid`, `link_rule_invalid`) for options that the configuration should have refused. */
export function createLinks(options: LinkOptions): Links {
  const prometheusUrl = options.prometheusUrl === undefined ? undefined : toBase(options.prometheusUrl);
  const alertmanagerUrl =
    options.alertmanagerUrl === undefined
      ? undefined
      : alertmanagerBase(requireUrl('alertmanagerUrl', options.alertmanagerUrl));
  const rules = options.rewrite.map(compileLinkRule);

  const other = (url: string): string | undefined => {
    const text = url.trim();
    if (text === '' || text.length > LONGEST_URL) return undefined;
    for (const rule of rules) {
      const rewritten = rule(text);
      if (rewritten !== undefined) return toHttpUrl(rewritten);
    }
    return toHttpUrl(text);
  };
  return {
    prometheus(url) {
      const graph = prometheusUrl === undefined ? undefined : fromGraph(url.trim());
      return graph === undefined ? other(url) : toHttpUrl(`${prometheusUrl}${graph}`);
    },
    alertmanager: (url) => alertmanagerUrl ?? other(url),
    other,
    fallbackUrl: requireUrl('fallbackUrl', options.fallbackUrl),
  };
}

/** Scheme and authority of an absolute URL, and the path of any. */
const BEFORE_PATH = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const PATH = /^[^?#]*/;

/** `graph` and all that follows, if `graph` is the path's last segment: not a host's name, not a word in the query. */
function fromGraph(url: string): string | undefined {
  const fromPath = url.slice(BEFORE_PATH.exec(url)?.[0].length ?? 0);
  const path = PATH.exec(fromPath)?.[0] ?? '';
  const rest = fromPath.slice(path.length);
  return /(?:^|\/)graph\/?$/.test(path) ? `graph${rest}` : undefined;
}

function toBase(prometheusUrl: string): string {
  const base = prometheusBase(requireUrl('prometheusUrl', prometheusUrl));
  if (base !== undefined) return base;
  throw new NotifierdError(
    'links_invalid',
    `links: expected prometheusUrl without ? and #, got ${JSON.stringify(prometheusUrl)}`,
    'Write only what stands before graph in the address of a Prometheus graph.',
  );
}

function requireUrl(key: string, text: string): string {
  const url = toHttpUrl(text);
  if (url !== undefined) return url;
  throw new NotifierdError(
    'links_invalid',
    `links: expected ${key} to be an absolute http or https URL, got ${JSON.stringify(text)}`,
    'For example http://203.0.113.10:30027/',
  );
}
