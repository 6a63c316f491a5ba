/** The core's checked values, by path, to the typed sections of the configuration; and the faults that only show between keys. */
import path from 'node:path';
import type { Fault } from '../errors.ts';
import type { LinkRule } from '../event/links.ts';
import type { CoreConfig, HttpAuth, OutboxStore } from './config.ts';
import type { CoreValues } from './schema.ts';
import { showValue } from './show.ts';

/** What the values alone do not say. */
export interface CoreContext {
  /** What is wrong with single keys already. */
  readonly known: readonly Fault[];
  readonly rewrite: readonly LinkRule[];
  /** Where relative file names begin. */
  readonly directory: string;
}

/** Builds the sections. With faults, what they concern is not to be used. Pure. */
export function toCoreConfig(
  values: CoreValues,
  { known, rewrite, directory }: CoreContext,
): { readonly core: CoreConfig; readonly faults: readonly Fault[] } {
  const auth = toAuth(values);
  const store = toStore(values['outbox.url'], directory);
  const core: CoreConfig = {
    http: {
      host: values['http.host'],
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
      store: 'message' in store ? { engine: 'sqlite', file: '' } : store,
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
  // A password whose file cannot be read is not missing as well.
  const isAuthKnown = known.some((fault) => fault.path.startsWith('http.auth'));
  return {
    core,
    faults: [
      ...(isAuthKnown ? [] : authFaults(auth)),
      ...('message' in store ? [store] : []),
      ...prometheusUrlFaults(core.links),
    ],
  };
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

/** What follows is `graph` and a query of its own. */
function prometheusUrlFaults({ prometheusUrl }: { readonly prometheusUrl?: string }): Fault[] {
  if (prometheusUrl === undefined || !/[?#]/.test(prometheusUrl)) return [];
  const message = `expected an address without ? and #, got ${showValue(prometheusUrl, false)}`;
  return [{ path: 'links.prometheus_url', message, hint: 'it takes the place of what stands before graph' }];
}

function toStore(url: string, directory: string): OutboxStore | Fault {
  const fault = (message: string, hint: string): Fault => ({ path: 'outbox.url', message, hint });
  const example = 'write sqlite:data/notifierd.db, or sqlite: and an absolute path';
  // The rest of such a URL may be a password.
  if (/^postgres(ql)?:/i.test(url)) {
    return fault(
      'expected sqlite: and a file, got a PostgreSQL address',
      'this version keeps its outbox in SQLite only',
    );
  }
  const file = /^sqlite:(?!\/\/)(.+)$/.exec(url)?.[1];
  if (file === undefined) return fault(`expected sqlite: and a file, got ${showValue(url, false)}`, example);
  if (file.startsWith(':'))
    return fault('expected a file, got a database in memory', 'events must survive a restart');
  if (file.endsWith('/'))
    return fault(`expected a file, got the directory ${showValue(file, false)}`, example);
  return { engine: 'sqlite', file: path.resolve(directory, file) };
}

function present<Name extends string>(name: Name, value: string | null): { readonly [Key in Name]?: string } {
  // TypeScript loses the name of a computed key.
  return (value === null ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
}
