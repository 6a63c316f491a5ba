/**
 * The fields of Alertmanager's webhook that notifierd reads, what each must be, and a search for faults that stays small on
 * hostile payloads: at most one fault per field of an alert and `MOST_FAULTS` in all, however many million values are wrong.
 * Fields that are not listed here may be anything.
 *
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import type { Fault } from '../../errors.ts';
import { ownValue } from '../../event/own-value.ts';
import { canonicalInstant } from './instant.ts';

/** After so many faults the search ends. */
export const MOST_FAULTS = 20;

/** What one field must be. */
export interface FieldRule {
  readonly schema: SchemaObject;
  readonly isSound: ValidateFunction;
  readonly expected: string;
  /** For fields that hold other values: what each of those must be. */
  readonly expectedInside?: string;
  readonly required?: true;
  /** What may be wrong if the field is missing. */
  readonly hintIfMissing?: string;
}

const CUSTOM_PAYLOAD =
  'a custom payload? Remove `payload` from webhook_configs, so that Alertmanager sends its own.';

// In place and without copies, so that a label named __proto__ stays a label.
const ajv = new Ajv({
  formats: { instant: (text: string) => text === '' || canonicalInstant(text) !== undefined },
});

const TEXT = rule({ type: 'string', nullable: true }, { expected: 'text' });
const TEXTS = rule(
  { type: 'object', nullable: true, additionalProperties: { type: 'string' } },
  { expected: 'an object of texts', expectedInside: 'text' },
);
const STATUS = rule({ enum: ['firing', 'resolved', null] }, { expected: '"firing" or "resolved"' });
const INSTANT = 'an RFC 3339 time such as 2026-11-22T10:39:36Z';

/** The fields of the notification, `alerts` aside. */
export const HEAD_FIELDS: ReadonlyMap<string, FieldRule> = new Map([
  [
    'version',
    rule({ const: '4' }, { expected: 'the text "4"', required: true, hintIfMissing: CUSTOM_PAYLOAD }),
  ],
  ['receiver', TEXT],
  ['status', STATUS],
  ['notification_reason', TEXT],
  ['groupLabels', TEXTS],
  ['commonLabels', TEXTS],
  ['commonAnnotations', TEXTS],
  ['routeLabels', TEXTS],
  ['externalURL', TEXT],
  ['groupKey', TEXT],
  [
    'truncatedAlerts',
    rule({ type: 'integer', minimum: 0, nullable: true }, { expected: 'a whole number from 0' }),
  ],
]);

/** The fields of an alert. */
export const ALERT_FIELDS: ReadonlyMap<string, FieldRule> = new Map([
  ['status', STATUS],
  ['labels', TEXTS],
  ['annotations', TEXTS],
  [
    'startsAt',
    rule({ type: 'string', format: 'instant', minLength: 1 }, { expected: INSTANT, required: true }),
  ],
  ['endsAt', rule({ type: 'string', format: 'instant', nullable: true }, { expected: INSTANT })],
  ['generatorURL', TEXT],
  ['fingerprint', TEXT],
]);

/** All rules at once, for the many documents in which there is no fault to be found. */
const isPayload = ajv.compile(
  schemaOf(HEAD_FIELDS, { alerts: { type: 'array', minItems: 1, items: schemaOf(ALERT_FIELDS) } }),
);

/** Why a parsed document is not a version 4 payload, at most `MOST_FAULTS` reasons; empty if it is one. */
export function findFaults(document: unknown): readonly Fault[] {
  return isPayload(document) ? [] : searchFaults(document);
}

function searchFaults(document: unknown): readonly Fault[] {
  if (!isObject(document)) {
    return [{ path: '', message: `expected an object, got ${describe(document)}`, hint: CUSTOM_PAYLOAD }];
  }
  const faults = faultsOfFields(document, HEAD_FIELDS, '');
  const alerts = document.alerts;
  if (!Array.isArray(alerts) || alerts.length === 0) {
    const got = Array.isArray(alerts) ? 'an empty one' : describe(alerts);
    return [
      ...faults,
      { path: 'alerts', message: `expected a list of alerts, got ${got}`, hint: CUSTOM_PAYLOAD },
    ];
  }
  for (const [index, alert] of alerts.entries()) {
    if (faults.length >= MOST_FAULTS) break;
    faults.push(...faultsOfAlert(alert, `alerts[${index}]`));
  }
  return faults.slice(0, MOST_FAULTS);
}

function rule(schema: SchemaObject, words: Omit<FieldRule, 'isSound' | 'schema'>): FieldRule {
  return { schema, isSound: ajv.compile(schema), ...words };
}

function schemaOf(
  fields: ReadonlyMap<string, FieldRule>,
  more: Readonly<Record<string, SchemaObject>> = {},
): SchemaObject {
  const rules = [...fields];
  return {
    type: 'object',
    properties: { ...Object.fromEntries(rules.map(([name, { schema }]) => [name, schema])), ...more },
    required: [...rules.filter(([, field]) => field.required).map(([name]) => name), ...Object.keys(more)],
  };
}

function faultsOfAlert(alert: unknown, path: string): readonly Fault[] {
  if (!isObject(alert)) return [{ path, message: `expected an alert, got ${describe(alert)}` }];
  return faultsOfFields(alert, ALERT_FIELDS, `${path}.`);
}

function faultsOfFields(
  object: Readonly<Record<string, unknown>>,
  fields: ReadonlyMap<string, FieldRule>,
  path: string,
): Fault[] {
  const faults: Fault[] = [];
  for (const [name, field] of fields) {
    const value = ownValue(object, name);
    if (value === undefined && field.required !== true) continue;
    if (!field.isSound(value)) faults.push(toFault(field, value, path + name));
  }
  return faults;
}

/** Read at once after `isSound` said no: ajv keeps the errors of the last call only. */
function toFault(field: FieldRule, value: unknown, path: string): Fault {
  const hint = value !== undefined || field.hintIfMissing === undefined ? {} : { hint: field.hintIfMissing };
  const inside = field.isSound.errors?.[0]?.instancePath ?? '';
  if (inside === '' || field.expectedInside === undefined || !isObject(value)) {
    return { path, message: `expected ${field.expected}, got ${describe(value)}`, ...hint };
  }
  // A JSON pointer, one level deep: RFC 6901 escapes.
  const key = inside.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  return {
    path: path + step(key),
    message: `expected ${field.expectedInside}, got ${describe(ownValue(value, key))}`,
  };
}

/** `.job`, or `["a b"]` for names that would be read as something else. */
function step(key: string): string {
  const short = key.length > 64 ? `${key.slice(0, 64)}…` : key;
  return /^\w+$/.test(short) ? `.${short}` : `[${JSON.stringify(short)}]`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `the ${typeof value} ${String(value)}`;
  return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}…` : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
