/**
 * The gauges of the lanes. They show what one reading of the outbox said, all lanes of one moment together.
 */
import type { Gauge } from 'prom-client';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

/** One lane as the outbox sees it now. */
export interface LaneReading {
  readonly sink: string;
  readonly waitingEvents: number;
  /** Age of the oldest waiting event in seconds; 0 if none waits. */
  readonly oldestWaitingSeconds: number;
  readonly parked: boolean;
  readonly blocked: boolean;
  /** Messages given up on that nobody has decided on. */
  readonly deadLetters: number;
  /** Milliseconds since the Unix epoch; absent if nothing was ever delivered. */
  readonly lastSuccessAt?: number;
}

/** Shows one reading of all lanes until the next. */
export interface LaneGauges {
  show(readings: readonly LaneReading[]): void;
}

/** Gauges that begin with every one of these sinks at 0. A lane that a reading no longer names disappears. */
export function createLaneGauges(
  createGauge: (entry: CatalogueEntry) => Gauge,
  sinks: readonly string[],
): LaneGauges {
  const waitingEvents = createGauge(CATALOGUE.laneWaitingEvents);
  const oldestWaiting = createGauge(CATALOGUE.laneOldestWaiting);
  const parked = createGauge(CATALOGUE.laneParked);
  const blocked = createGauge(CATALOGUE.laneBlocked);
  const deadLetters = createGauge(CATALOGUE.laneDeadLetters);
  const lastSuccess = createGauge(CATALOGUE.laneLastSuccess);
  const empty = { waitingEvents: 0, oldestWaitingSeconds: 0, parked: false, blocked: false, deadLetters: 0 };
  show([]);
  return { show };

  function show(readings: readonly LaneReading[]): void {
    for (const each of [waitingEvents, oldestWaiting, parked, blocked, deadLetters, lastSuccess])
      each.reset();
    for (const reading of [...sinks.map((sink) => ({ sink, ...empty })), ...readings]) showOne(reading);
  }

  function showOne(reading: LaneReading): void {
    const labels = { sink: reading.sink };
    waitingEvents.set(labels, reading.waitingEvents);
    oldestWaiting.set(labels, reading.oldestWaitingSeconds);
    parked.set(labels, Number(reading.parked));
    blocked.set(labels, Number(reading.blocked));
    deadLetters.set(labels, reading.deadLetters);
    lastSuccess.set(labels, (reading.lastSuccessAt ?? 0) / 1000);
  }
}
