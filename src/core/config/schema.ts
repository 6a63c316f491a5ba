/**
 * The core's own keys: each with its meaning, default, format, bounds and environment variable. docs/configuration.md lists the
 * same (a test compares them). The keys of a sink belong to its plugin; lists (`links.rewrite`, `routes`) are read by rewrite-rules.ts
 * and routes.ts.
 */
import { renderDuration } from './duration.ts';
import type { Setting } from './formats.ts';

/** Less would take slow answers for lost ones, and a message that is sent again may be seen twice. */
const SHORTEST_SEND_MS = 10_000;
const LONGEST_SEND_MS = 300_000;
const LONGEST_GRACE_MS = 3_600_000;
const LONGEST_GATHER_MS = 300_000;
/** Shorter would take a short pause of the machine or the network for a death. */
const SHORTEST_LEASE_MS = 5_000;
const LONGEST_LEASE_MS = 300_000;
/** Shorter would forget delivered events before anybody could look them up. */
const SHORTEST_RETENTION_MS = 3_600_000;

const CORE_KEYS = {
  'http.host': {
    doc: 'The address to listen on. 127.0.0.1 lets only this machine in; :: listens on IPv6 and IPv4.',
    default: '0.0.0.0',
    format: 'required_text',
    trim: true,
  },
  'http.port': {
    doc: 'The port to listen on; 0 takes any free one.',
    default: 8060,
    format: 'whole',
    atLeast: 0,
    atMost: 65_535,
  },
  'http.max_body': {
    doc: 'Longest webhook that is read. 100 alerts take some 80 kB.',
    default: '16MiB',
    format: 'size',
    atLeast: 1_024,
    atMost: 268_435_456,
  },
  'http.auth.bearer_token': {
    doc: 'Webhooks must carry this token (Authorization: Bearer …).',
    default: null,
    optional: true,
    format: 'required_text',
    sensitive: 'token',
  },
  'http.auth.username': {
    doc: 'Webhooks must carry this user name (basic authentication). Needs password.',
    default: null,
    optional: true,
    trim: true,
    format: 'required_text',
  },
  'http.auth.password': {
    doc: 'The password that belongs to username.',
    default: null,
    optional: true,
    format: 'required_text',
    sensitive: 'password',
  },
  'log.level': {
    doc: 'The least important lines that are written.',
    default: 'info',
    format: ['debug', 'info', 'warn', 'error'],
  },
  'log.format': {
    doc: 'text for people, json for log collectors.',
    default: 'text',
    format: ['text', 'json'],
  },
  'intake.dedup_window': {
    doc: "How long the same notification, posted again, is answered but not delivered again. Shorter than Alertmanager's repeat_interval; 0 = off.",
    default: '6m',
    format: 'duration',
  },
  'intake.severity_label': {
    doc: 'The label that holds the severity.',
    default: 'severity',
    format: 'required_text',
    trim: true,
  },
  'outbox.url': {
    doc: 'Where events are kept until they are delivered: sqlite: and a file, or postgres://USER@HOST:PORT/DATABASE.',
    default: 'sqlite:data/notifierd.db',
    format: 'required_text',
  },
  'outbox.password': {
    doc: 'The password of the PostgreSQL user.',
    default: null,
    optional: true,
    format: 'required_text',
    sensitive: 'password',
  },
  'outbox.schema': {
    doc: 'The PostgreSQL schema that holds the tables.',
    default: 'notifierd',
    format: 'required_text',
  },
  'outbox.connections': {
    doc: 'Most connections that one notifierd opens to PostgreSQL.',
    default: 10,
    format: 'whole',
    atLeast: 3,
    atMost: 100,
  },
  'outbox.lease': {
    doc: 'How long a notifierd that died or hangs keeps its lanes, before another one that shares the PostgreSQL database takes them.',
    default: '10s',
    format: 'duration',
    atLeast: SHORTEST_LEASE_MS,
    atMost: LONGEST_LEASE_MS,
  },
  'outbox.retention': {
    doc: 'How long delivered events can be looked up.',
    default: '7d',
    format: 'duration',
    atLeast: SHORTEST_RETENTION_MS,
  },
  'outbox.dead_letter_retention': {
    doc: 'How long dead letters are kept, to be looked up or delivered again.',
    default: '90d',
    format: 'duration',
    atLeast: SHORTEST_RETENTION_MS,
  },
  'links.prometheus_url': {
    doc: "Prometheus as people can open it: replaces what stands before graph in an alert's generatorURL.",
    default: null,
    optional: true,
    format: 'http_url',
  },
  'links.alertmanager_url': {
    doc: "Alertmanager as people can open it: replaces a notification's externalURL.",
    default: null,
    optional: true,
    format: 'http_url',
  },
  'links.fallback_url': {
    doc: 'Where a message leads whose event has no link that can be opened.',
    default: 'https://prometheus.io/docs/alerting/latest/alertmanager/',
    format: 'http_url',
  },
  'delivery.timeout': {
    doc: 'Longest that one send may take before it is ended and tried again.',
    default: renderDuration(SHORTEST_SEND_MS),
    format: 'duration',
    atLeast: SHORTEST_SEND_MS,
    atMost: LONGEST_SEND_MS,
  },
  'delivery.shutdown_grace': {
    doc: 'How long a send under way may take to end when notifierd is told to stop.',
    default: '15s',
    format: 'duration',
    atLeast: 0,
    atMost: LONGEST_GRACE_MS,
  },
  'delivery.gather': {
    doc: 'How long a message that could hold more events is kept back for them, once a third of the sends that a channel allows are spent; counted from its oldest event. 0 = not at all.',
    default: '10s',
    format: 'duration',
    atMost: LONGEST_GATHER_MS,
  },
  'delivery.gather_critical': {
    doc: 'The same for a message led by a critical event.',
    default: '2s',
    format: 'duration',
    atMost: LONGEST_GATHER_MS,
  },
  'delivery.proxy': {
    doc: 'The HTTP proxy for all sends: http://user:password@proxy:3128. The variable HTTPS_PROXY is not read.',
    default: null,
    optional: true,
    format: 'http_url',
    sensitive: 'token',
  },
  'delivery.no_proxy': {
    doc: 'Hosts that are reached without the proxy, separated by commas.',
    default: null,
    optional: true,
    format: 'required_text',
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The path of a key of the core, such as `http.port`. */
export type CorePath = keyof typeof CORE_KEYS;

/** The values of all keys of the core by path; `null` where a key has neither value nor default. */
export type CoreValues = { readonly [Path in CorePath]: ValueOf<(typeof CORE_KEYS)[Path]> };

type ValueOf<Key extends Setting> = BaseValue<Key['format']> | (Key['default'] extends null ? null : never);
type BaseValue<Format> = Format extends readonly (infer Word)[]
  ? Word
  : Format extends 'flag'
    ? boolean
    : Format extends 'whole' | 'duration' | 'size'
      ? number
      : string;

/** All keys of the core by path, each with its environment variable. */
export const CORE_SETTINGS: Readonly<Record<string, Setting>> = Object.fromEntries(
  Object.entries(CORE_KEYS).map(([path, key]) => [path, { ...key, env: envName(path) }]),
);

/** What is known at these places but read elsewhere. */
export const READ_ELSEWHERE: readonly string[] = ['links.rewrite', 'sinks', 'routes', 'watchdog'];

/** `http.max_body` → `NOTIFIERD_HTTP_MAX_BODY`. */
export function envName(path: string): string {
  return `NOTIFIERD_${path.replaceAll('.', '_').toUpperCase()}`;
}
