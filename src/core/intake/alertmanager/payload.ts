/**
 * From posted bytes to a typed payload of Alertmanager's webhook, version 4: the first step of the intake. Objects stay
 * exactly as JSON.parse gave them, unknown fields included, so that storing them loses nothing; what the fields mean for
 * people is to-event.ts's work.
 */

import { type Fault, PayloadError } from '../../errors.ts';
import type { EventStatus, JsonValue, TextMap } from '../../event/event.ts';
import { ownValue } from '../../event/own-value.ts';
import { isUnset } from './instant.ts';
import { nestsDeeperThan, textNestsDeeperThan } from './nesting.ts';
import { otherSender } from './other-senders.ts';
import { ALERT_FIELDS, findFaults, HEAD_FIELDS, MOST_FAULTS } from './payload-fields.ts';

/** The notification without its alerts. A missing field and null mean the same. */
export interface PayloadHead {
  readonly version: '4';
  /** As sent: escaped like a regular expression. */
  readonly receiver?: string | null;
  /** `firing` if any alert of the list fires; says nothing about alerts that `max_alerts` cut off. */
  readonly status?: EventStatus | null;
  readonly notification_reason?: string | null;
  readonly groupLabels?: TextMap | null;
  readonly commonLabels?: TextMap | null;
  readonly commonAnnotations?: TextMap | null;
  readonly routeLabels?: TextMap | null;
  readonly externalURL?: string | null;
  readonly groupKey?: string | null;
  readonly truncatedAlerts?: number | null;
  readonly [field: string]: JsonValue | undefined;
}

/** One alert. A missing field and null mean the same. */
export interface PayloadAlert {
  readonly status?: EventStatus | null;
  readonly labels?: TextMap | null;
  readonly annotations?: TextMap | null;
  /** RFC 3339; checked. */
  readonly startsAt: string;
  /** RFC 3339, checked; Go's zero time or empty while firing. */
  readonly endsAt?: string | null;
  readonly generatorURL?: string | null;
  readonly fingerprint?: string | null;
  readonly [field: string]: JsonValue | undefined;
}

/** A webhook's body, checked; at least one alert. */
export interface Payload {
  readonly head: PayloadHead;
  readonly alerts: readonly PayloadAlert[];
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** Alertmanager's own payload nests three deep; a stranger's fields may go on, but not without end. */
const DEEPEST = 64;
/** A text up to here becomes some tens of megabytes at the worst, whatever its brackets: it need not be looked through first. */
const PARSED_UNSEEN_BYTES = 1024 * 1024;

/**
 * The payload in these bytes (UTF-8, with or without a byte order mark). Throws a PayloadError, and nothing else, with a path
 * for each fault: `payload_not_utf8`, `payload_not_json`, `payload_too_deep`, or `payload_invalid` for JSON that is not a
 * version 4 webhook.
 */
export function parsePayload(bytes: Uint8Array): Payload {
  if (bytes.length > PARSED_UNSEEN_BYTES && textNestsDeeperThan(DEEPEST, bytes)) throw tooDeep();
  const document = parseJson(bytes);
  const faults = findFaults(document);
  if (faults.length > 0)
    throw new PayloadError('payload_invalid', summaryOf(faults, otherSender(document)), faults);
  // Checked by findFaults, field by field.
  const { alerts, ...head } = document as PayloadHead & Pick<Payload, 'alerts'>;
  const [headRoom, alertRoom] = [DEEPEST - 1, DEEPEST - 3];
  if (strangersNest(head, HEAD_FIELDS, headRoom)) throw tooDeep();
  if (alerts.some((alert) => strangersNest(alert, ALERT_FIELDS, alertRoom))) throw tooDeep();
  return { head, alerts };
}

/**
 * Whether an alert fires. Alertmanager always says so; without its word, an alert counts as resolved only if it has an end,
 * because a resolved alert taken for a firing one is the smaller harm.
 */
export function statusOf(alert: PayloadAlert): EventStatus {
  return alert.status ?? (isUnset(alert.endsAt) ? 'firing' : 'resolved');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw faulty('payload_not_utf8', 'expected UTF-8 text, got other bytes');
  }
}

function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') throw faulty('payload_not_json', 'expected JSON, got an empty body');
  try {
    return JSON.parse(text);
  } catch (error) {
    if (textNestsDeeperThan(DEEPEST, bytes)) throw tooDeep();
    // Of the parser's message only the place is kept: the rest quotes the alert.
    const [place = 'the text ends too early or does not begin as JSON'] =
      /at position \d+/.exec(String(error)) ?? [];
    throw faulty('payload_not_json', `expected JSON, got something else: ${place}`);
  }
}

/** Whether a field that we do not know nests too deep; those that we know were checked. */
function strangersNest(
  object: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, unknown>,
  room: number,
): boolean {
  return Object.keys(object).some((name) => {
    const value = known.has(name) ? undefined : ownValue(object, name);
    return typeof value === 'object' && nestsDeeperThan(room, value);
  });
}

function tooDeep(): PayloadError {
  return faulty('payload_too_deep', `expected at most ${DEEPEST} levels of nesting`);
}

function faulty(code: string, message: string): PayloadError {
  return new PayloadError(code, `not an Alertmanager webhook: ${message}`, [{ path: '', message }]);
}

/** What the sender is says more than the first of its faults. */
function summaryOf(faults: readonly Fault[], sender: string | undefined): string {
  if (sender !== undefined) return `not an Alertmanager webhook, version 4: ${sender}`;
  const [first, ...others] = faults;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  const atLeast = faults.length === MOST_FAULTS ? 'at least ' : '';
  const more = others.length === 0 ? '' : ` (and ${atLeast}${others.length} more)`;
  return `not an Alertmanager webhook, version 4: ${where}${first?.message ?? ''}${more}`;
}
