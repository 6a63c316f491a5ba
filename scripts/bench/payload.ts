/**
 * Webhooks as Alertmanager posts them, in bulk: bytes made once from a recorded webhook, of which each request changes only a few in
 * place, so that no two are copies of each other and whoever posts them has nearly nothing to do. Pure.
 */
import { createHash } from 'node:crypto';

/** A webhook's bytes, and where they may be changed. Whoever posts from it concurrently needs a copy for each connection. */
export interface Payload {
  readonly bytes: Buffer;
  /** Where the group's digits begin in the group key. */
  readonly groupAt: number;
  /** Where each alert's `startsAt` begins. */
  readonly startsAt: readonly number[];
}

/** What makes one request differ from all others. */
export interface Stamp {
  /** From 0; there are GROUPS. */
  readonly group: number;
  /** In seconds since the Unix epoch: when its alerts began to fire. */
  readonly second: number;
  /** From 0 to 999,999,999; no two requests of one second share it. */
  readonly number: number;
}

/**
 * How many groups the requests are spread over: more than a run posts webhooks, because Alertmanager notifies of a group once in a
 * `group_interval` (5 min unless told), and what a service remembers of a group must not grow with the length of a run.
 */
export const GROUPS = 1_000_000;

/** As long as what stamp() writes. */
const STARTED = '2026-11-22T10:44:54.000000000Z';
const GROUP_DIGITS = 6;
const GROUP_MARK = `team-${'0'.repeat(GROUP_DIGITS)}`;
/** How Go's JSON encoder, unlike JSON.stringify(), writes these: https://pkg.go.dev/encoding/json#Marshal */
const GO_ESCAPES: Readonly<Record<string, string>> = { '&': '\\u0026', '<': '\\u003c', '>': '\\u003e' };

/** A recorded webhook of alerts that fire, as far as it is changed here. */
interface Recorded {
  readonly alerts: readonly RecordedAlert[];
  readonly groupLabels: { readonly alertname: string };
  readonly [field: string]: unknown;
}

interface RecordedAlert {
  readonly labels: { readonly node: string };
  readonly annotations: { readonly summary: string };
  readonly [field: string]: unknown;
}

/** A webhook with so many firing alerts, made from the recorded one (test/fixtures/alertmanager/firing-200-alerts.json). */
export function createPayload(recorded: string, alertCount: number): Payload {
  // Our own file.
  const webhook = JSON.parse(recorded) as Recorded;
  const { alertname } = webhook.groupLabels;
  const alerts = Array.from({ length: alertCount }, (_, index) => alertAt(webhook.alerts, index));
  // A nested route makes another group of the same group labels.
  const groupKey = `{}/{alertname="${alertname}"}/{team="${GROUP_MARK}"}:{alertname="${alertname}"}`;
  const text = JSON.stringify({ ...webhook, alerts, groupKey }).replace(
    /[&<>]/g,
    (character) => GO_ESCAPES[character] ?? character,
  );
  const bytes = Buffer.from(text);
  return {
    bytes,
    groupAt: bytes.indexOf(GROUP_MARK) + GROUP_MARK.length - GROUP_DIGITS,
    startsAt: placesOf(bytes, STARTED),
  };
}

/** Bytes of its own with the same places, for one more connection. */
export function copyOf({ bytes, ...places }: Payload): Payload {
  return { bytes: Buffer.from(bytes), ...places };
}

/** Makes it the webhook of this stamp, in place. */
export function stamp({ bytes, groupAt, startsAt }: Payload, { group, second, number }: Stamp): void {
  bytes.write(String(group).padStart(GROUP_DIGITS, '0'), groupAt, 'latin1');
  const instant = `${new Date(second * 1000).toISOString().slice(0, 19)}.${String(number).padStart(9, '0')}Z`;
  for (const place of startsAt) bytes.write(instant, place, 'latin1');
}

/** The recorded alerts, and after the last of them the same on further nodes. */
function alertAt(recorded: readonly RecordedAlert[], index: number): RecordedAlert {
  const alert = recorded[index % recorded.length];
  if (alert === undefined) throw new Error('the recorded webhook has no alerts');
  const started = { ...alert, startsAt: STARTED };
  if (index < recorded.length) return started;
  const node = `node-${Math.floor(index / recorded.length)}${alert.labels.node.slice('node-'.length)}`;
  const labels = { ...alert.labels, node };
  const summary = alert.annotations.summary.replace(alert.labels.node, node);
  const fingerprint = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
  return { ...started, labels, annotations: { ...alert.annotations, summary }, fingerprint };
}

function placesOf(bytes: Buffer, text: string): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) places.push(at);
  return places;
}
