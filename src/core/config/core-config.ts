/** The core's checked values, by path, to the typed sections of the configuration; and the faults that only show between keys. */
import type { Fault } from '../errors.ts';
import { prometheusBase } from '../event/base-url.ts';
import { toHttpUrl } from '../event/http-url.ts';
import type { LinkRule } from '../event/links.ts';
import type { CoreConfig, HttpAuth, OutboxStore } from './config.ts';
import { type ListenHost, readListenHost } from './listen-host.ts';
import type { CoreValues } from './schema.ts';
import { showValue } from './show.ts';

/** What the values alone do not say. */
export interface CoreContext {
  /** What is wrong with single keys already. */
  readonly known: readonly Fault[];
  readonly rewrite: readonly LinkRule[];
  /** `undefined`: it has faults. */
  readonly store: OutboxStore | undefined;
}

/** Stands in place of a store with faults. */
const NO_STORE: OutboxStore = { engine: 'sqlite', file: '' };

/** Builds the sections. With faults, what they concern is not to be used. Pure. */
export function toCoreConfig(
  values: CoreValues,
  { known, rewrite, store }: CoreContext,
): { readonly core: CoreConfig; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] } {
  const auth = toAuth(values);
  const listen = readListenHost(values['http.host']);
  const core: CoreConfig = {
    http: {
      host: 'host' in listen ? listen.host : '',
      port: values['http.port'],
      maxBodyBytes: values['http.max_body'],
      ...(Object.keys(auth).length === 0 ? {} : { auth }),
    },
    log: { level: values['log.level'], format: values['log.format'] },
    intake: {
      dedupWindowMs: values['intake.dedup_window'],
      severityLabel: values['intake.severity_label'],
    },
    outbox: {
      store: store ?? NO_STORE,
      leaseMs: values['outbox.lease'],
      retentionMs: values['outbox.retention'],
      deadLetterRetentionMs: values['outbox.dead_letter_retention'],
    },
    links: {
      ...present('prometheusUrl', values['links.prometheus_url']),
      ...present('alertmanagerUrl', values['links.alertmanager_url']),
      rewrite,
      fallbackUrl: values['links.fallback_url'],
    },
    delivery: {
      timeoutMs: values['delivery.timeout'],
      shutdownGraceMs: values['delivery.shutdown_grace'],
      gatherMs: values['delivery.gather'],
      gatherCriticalMs: values['delivery.gather_critical'],
      ...present('proxy', values['delivery.proxy']),
      ...present('noProxy', values['delivery.no_proxy']),
    },
  };
  // A password whose file cannot be read is not missing as well, and one beside a refused URL may have its use.
  const isAuthKnown = known.some((fault) => fault.path.startsWith('http.auth'));
  const isUrlKnown = known.some((fault) => fault.path === 'outbox.url');
  return {
    core,
    faults: [
      ...hostFaults(listen, values),
      ...(isAuthKnown ? [] : authFaults(auth)),
      ...(isUrlKnown ? [] : outboxPasswordFaults(values, store)),
      ...prometheusUrlFaults(values['links.prometheus_url']),
      ...proxyFaults(values['delivery.proxy']),
    ],
    warnings: [...bodyWarnings(values['http.max_body']), ...proxyWarnings(values['delivery.proxy'])],
  };
}

function hostFaults(listen: ListenHost, values: CoreValues): Fault[] {
  if ('host' in listen) return [];
  const message = `${listen.message}, got ${showValue(values['http.host'], false)}`;
  return [{ path: 'http.host', message, hint: listen.hint }];
}

/** What some 80 alerts take: a smaller limit refuses ordinary webhooks, and Alertmanager does not try them again. */
const SMALL_BODY = 65_536;

function bodyWarnings(maxBodyBytes: number): Fault[] {
  if (maxBodyBytes >= SMALL_BODY) return [];
  const message = 'webhooks of a few dozen alerts are longer; they are refused, and their alerts are lost';
  return [{ path: 'http.max_body', message, hint: 'the default is 16MiB' }];
}

function toAuth(values: CoreValues): HttpAuth {
  return {
    ...present('bearerToken', values['http.auth.bearer_token']),
    ...present('username', values['http.auth.username']),
    ...present('password', values['http.auth.password']),
  };
}

function authFaults({ username, password }: HttpAuth): Fault[] {
  if ((username === undefined) === (password === undefined)) return [];
  const [given, missing] = username === undefined ? ['password', 'username'] : ['username', 'password'];
  return [
    { path: `http.auth.${missing}`, message: `missing: ${given} is given, and the two belong together` },
  ];
}

function outboxPasswordFaults(values: CoreValues, store: OutboxStore | undefined): Fault[] {
  if (values['outbox.password'] === null || store?.engine !== 'sqlite') return [];
  const hint = 'remove it, or write a PostgreSQL address into outbox.url';
  return [{ path: 'outbox.password', message: 'given, but an outbox in SQLite has none', hint }];
}

/** What follows is `graph` and a query of its own. */
function prometheusUrlFaults(given: string | null): Fault[] {
  const url = given === null ? undefined : toHttpUrl(given);
  if (url === undefined || prometheusBase(url) !== undefined) return [];
  const message = `expected an address without ? and #, got ${showValue(given, false)}`;
  return [{ path: 'links.prometheus_url', message, hint: 'it takes the place of what stands before graph' }];
}

/** Node decodes user and password before it speaks to a proxy, and throws where it cannot. */
function proxyFaults(proxy: string | null): Fault[] {
  if (proxy === null || !URL.canParse(proxy)) return [];
  const { username, password } = new URL(proxy);
  if (isEncoded(username) && isEncoded(password)) return [];
  const message = 'expected user and password with % only as the beginning of an escape';
  return [{ path: 'delivery.proxy', message, hint: 'write %25 for a percent sign' }];
}

/** As in `http://ops:${PASSWORD}@proxy:3128`. */
function proxyWarnings(proxy: string | null): Fault[] {
  if (proxy === null || !/:\/\/[^@]*\$\{[^@]*@/.test(proxy)) return [];
  const message = 'user or password looks like the name of a variable';
  const hint = 'no variables are replaced here: write the whole address into delivery.proxy_file';
  return [{ path: 'delivery.proxy', message, hint }];
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function present<Name extends string>(name: Name, value: string | null): { readonly [Key in Name]?: string } {
  // TypeScript loses the name of a computed key.
  return (value === null ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
}
