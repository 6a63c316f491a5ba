/** The events of the webhooks that were recorded from a real Alertmanager, made in the daemon's own way. */
import { createLinks } from '../../../src/core/event/links.ts';
import { parsePayload } from '../../../src/core/intake/alertmanager/payload.ts';
import { createEventReader } from '../../../src/core/intake/alertmanager/to-event.ts';
import type { Event } from '../../../src/core/plugin/contract.ts';
import { listFixtures, readFixture } from '../../support/fixtures.ts';

/** The events of one webhook. */
export interface RecordedEvents {
  /** The fixture's name. */
  readonly name: string;
  readonly events: readonly Event[];
}

const RECEIVED_AT = Date.parse('2026-11-22T11:00:00Z');
const readEvent = createEventReader({
  links: createLinks({
    rewrite: [],
    fallbackUrl: 'https://prometheus.io/docs/alerting/latest/alertmanager/',
  }),
  severityLabel: 'severity',
});

/** Every recorded webhook. */
export function readRecordedEvents(): readonly RecordedEvents[] {
  return listFixtures().map(({ file }) => ({ name: file, events: eventsOf(readFixture(file)) }));
}

/** The events of a webhook's body, deeply frozen: whoever changes one of them throws. */
export function eventsOf(body: Uint8Array): readonly Event[] {
  const { head, alerts } = parsePayload(body);
  const readAlert = readEvent(head);
  return alerts.map((alert, number) =>
    deepFreeze(readAlert(alert, { id: `${NOTIFICATION}-${number}`, receivedAt: RECEIVED_AT })),
  );
}

const NOTIFICATION = '01890a5d-ac96-774b-bcce-b302099a8057';

/** The value, with all that is in it frozen. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
