/** From the outbox's readings of lanes to what the gauges show. Pure. */
import type { LaneReading as StoredReading } from '../outbox/contract.ts';
import type { LaneReading } from './lane-gauges.ts';

/**
 * Ages are never negative, whatever the clock did. A lane is parked while all of its credentials are held, one at least for a time; it is
 * blocked as long as one of them waits for somebody to mend a setting.
 */
export function toLaneReadings(readings: readonly StoredReading[], now: number): LaneReading[] {
  return readings.map(({ lane, waitingEvents, oldestAt, credentials, holds, deadLetters, lastSuccessAt }) => {
    const held = holds.filter((hold) => hold.kind === 'blocked' || hold.until > now);
    return {
      sink: lane,
      waitingEvents,
      oldestWaitingSeconds: oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1000,
      parked: held.length === credentials && held.some((hold) => hold.kind === 'parked'),
      blocked: held.some((hold) => hold.kind === 'blocked'),
      deadLetters,
      ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    };
  });
}
