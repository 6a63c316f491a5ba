/**
 * Prometheus and Alertmanager as people name them in a configuration: by the address of a page that they have open, as likely as by the
 * address that was meant. Both are taken. The addresses have passed toHttpUrl(). Pure.
 */

/** Origin and path; what follows is query and fragment. */
const BEFORE_QUERY = /^([a-z]+:\/\/[^/?#]*)([^?#]*)/i;
/** Prometheus 2's page of a graph. */
const GRAPH = '/graph';
/** Prometheus 3's; with a slash at its end it is more likely to be a path prefix of the same name. */
const QUERY = '/query';
/** Alertmanager's API: https://prometheus.io/docs/alerting/latest/clients/. */
const API = /\/api\/v[12](?:\/(?:alerts|silences|status|receivers)(?:\/[^/]*)?)?$/;

/**
 * What stands before `graph`, with one slash at its end. The page itself is taken for what stands before it, and its query is left out;
 * `undefined` for any other address with a query or a fragment.
 */
export function prometheusBase(url: string): string | undefined {
  const { origin, path, rest } = partsOf(url);
  const isQueryPage = path.endsWith(QUERY);
  let base = isQueryPage ? path.slice(0, -QUERY.length) : withoutSlashes(path);
  let isPage = isQueryPage;
  while (base.endsWith(GRAPH)) {
    base = withoutSlashes(base.slice(0, -GRAPH.length));
    isPage = true;
  }
  return rest === '' || isPage ? `${origin}${withoutSlashes(base)}/` : undefined;
}

/** Alertmanager's first page: without the page that was open (`#/alerts`), without its API, with at most one slash at its end. */
export function alertmanagerBase(url: string): string {
  const { origin, path, rest } = partsOf(url);
  const bare = withoutSlashes(path);
  const isApi = API.test(bare);
  const page = isApi ? bare.replace(API, '') : bare;
  const slash = isApi || path.endsWith('/') ? '/' : '';
  return `${origin}${withoutSlashes(page)}${slash}${rest.replace(/#(?:\/.*)?$/s, '')}`;
}

function partsOf(url: string): { readonly origin: string; readonly path: string; readonly rest: string } {
  const [before = '', origin = '', path = ''] = BEFORE_QUERY.exec(url) ?? [];
  return { origin, path, rest: url.slice(before.length) };
}

/** Counted by hand: an expression would take the square of a long run. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}
