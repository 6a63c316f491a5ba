/**
 * Builds the metrics of catalogue.ts on a registry, each label set at 0 from the start, so that the first event of a kind is
 * already an increase. Lanes are apart, in lane-gauges.ts.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { REASONS } from '../plugin/outcome.ts';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

/** The metrics that something is recorded in, by their keys in the catalogue. */
export type Instruments = ReturnType<typeof createInstruments>;

/** HTTP statuses that the webhook paths can answer. */
const WEBHOOK_CODES = [200, 400, 401, 404, 405, 413, 415, 500, 503];

/** All metrics but those of the lanes, at 0 for these sinks. */
export function createInstruments(registry: Registry, sinks: readonly string[]) {
  const instruments = {
    webhooks: counter(registry, CATALOGUE.webhooks),
    webhookDuration: histogram(registry, CATALOGUE.webhookDuration),
    eventsReceived: counter(registry, CATALOGUE.eventsReceived),
    eventsRelisted: counter(registry, CATALOGUE.eventsRelisted),
    notificationsDeduplicated: counter(registry, CATALOGUE.notificationsDeduplicated),
    notificationsMixed: counter(registry, CATALOGUE.notificationsMixed),
    eventsUnrouted: counter(registry, CATALOGUE.eventsUnrouted),
    eventsRouted: counter(registry, CATALOGUE.eventsRouted),
    eventsQueued: counter(registry, CATALOGUE.eventsQueued),
    eventsDelivered: counter(registry, CATALOGUE.eventsDelivered),
    eventsDead: counter(registry, CATALOGUE.eventsDead),
    eventsHandedOver: counter(registry, CATALOGUE.eventsHandedOver),
    attempts: counter(registry, CATALOGUE.attempts),
    attemptDuration: histogram(registry, CATALOGUE.attemptDuration),
    deliveryLatency: histogram(registry, CATALOGUE.deliveryLatency),
    composeErrors: counter(registry, CATALOGUE.composeErrors),
    laneHeld: createGauge(registry, CATALOGUE.laneHeld),
    leasesLost: counter(registry, CATALOGUE.leasesLost),
    replicas: createGauge(registry, CATALOGUE.replicas),
    commitDuration: histogram(registry, CATALOGUE.commitDuration),
    outboxErrors: counter(registry, CATALOGUE.outboxErrors),
    scrapeErrors: counter(registry, CATALOGUE.scrapeErrors),
    configHash: createGauge(registry, CATALOGUE.configHash),
    configLoadTimestamp: createGauge(registry, CATALOGUE.configLoadTimestamp),
  };
  for (const code of WEBHOOK_CODES) instruments.webhooks.inc({ code }, 0);
  for (const status of ['firing', 'resolved']) instruments.eventsReceived.inc({ status }, 0);
  for (const sink of sinks) showSink(sink, instruments);
  return instruments;
}

/** A gauge that is not set yet. */
export function createGauge(registry: Registry, { name, help, labels }: CatalogueEntry): Gauge {
  return new Gauge({ name, help, labelNames: labels, registers: [registry] });
}

function counter(registry: Registry, { name, help, labels }: CatalogueEntry): Counter {
  return new Counter({ name, help, labelNames: labels, registers: [registry] });
}

function histogram(registry: Registry, { name, help, labels, buckets = [] }: CatalogueEntry): Histogram {
  return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] });
}

function showSink(sink: string, instruments: Instruments): void {
  const { eventsRouted, eventsQueued, eventsDelivered, eventsDead, eventsHandedOver } = instruments;
  for (const each of [eventsRouted, eventsQueued, eventsDelivered, eventsDead, eventsHandedOver])
    each.inc({ sink }, 0);
  instruments.composeErrors.inc({ sink }, 0);
  instruments.laneHeld.set({ sink }, 0);
  instruments.leasesLost.inc({ sink }, 0);
  for (const each of [instruments.attemptDuration, instruments.deliveryLatency]) each.zero({ sink });
  for (const [outcome, reasons] of Object.entries(REASONS)) {
    for (const reason of reasons) instruments.attempts.inc({ sink, outcome, reason }, 0);
  }
}
