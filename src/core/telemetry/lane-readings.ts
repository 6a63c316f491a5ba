/** From the outbox's readings of lanes to what the gauges show. Pure. */
import type { LaneReading as StoredReading } from '../outbox/contract.ts';
import type { LaneReading } from './lane-gauges.ts';

/** Ages are never negative, whatever the clock did. A lane is parked until its time; it is blocked until a delivery. */
export function toLaneReadings(readings: readonly StoredReading[], now: number): LaneReading[] {
  return readings.map(({ lane, waitingEvents, oldestAt, hold, lastSuccessAt }) => ({
    sink: lane,
    waitingEvents,
    oldestWaitingSeconds: oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1000,
    parked: hold?.kind === 'parked' && hold.until > now,
    blocked: hold?.kind === 'blocked',
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
  }));
}
