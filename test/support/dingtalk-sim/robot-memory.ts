/**
 * What one simulated robot remembers between calls: its recent attempts, its block and the ids it has met. Keeps the state for the
 * pure rules in rate.ts and uuid-memory.ts.
 */
import { beginBlock, countStart, meetRate, type RateVerdict, recentStarts, UNUSED_RATE } from './rate.ts';
import type { RobotStatus } from './records.ts';
import type { SimSettings } from './settings.ts';
import {
  isOtherMessage,
  recallUuid,
  type UuidEntry,
  type UuidUse,
  type UuidVerdict,
  useUuid,
} from './uuid-memory.ts';

/** The memory of one robot. Instants in milliseconds since the Unix epoch. */
export interface RobotMemory {
  /** What an attempt meets that begins now; begins or prolongs the block. */
  meetRate(now: number): RateVerdict;
  /** Counts an attempt towards the minute. */
  countStart(now: number): void;
  /** Blocks the robot for ten minutes of robot time. */
  beginBlock(now: number): void;
  /** What one more attempt with this id would be. */
  recallUuid(uuid: string, now: number): UuidVerdict;
  /** Remembers an attempt with this id. */
  useUuid(uuid: string, use: UuidUse): void;
  /** True if the id came before with another body. */
  isOtherMessage(uuid: string, bodyHash: string): boolean;
  /** The rate at a glance. */
  status(now: number): Pick<RobotStatus, 'recentStarts' | 'blockedUntil'>;
}

/** The memory of a robot that nobody has called. */
export function createRobotMemory(settings: SimSettings): RobotMemory {
  let rate = UNUSED_RATE;
  const uuids = new Map<string, UuidEntry>();
  return {
    meetRate(now) {
      const met = meetRate(rate, now, settings);
      rate = met.state;
      return met.verdict;
    },
    countStart(now) {
      rate = countStart(rate, now, settings);
    },
    beginBlock(now) {
      rate = beginBlock(rate, now, settings);
    },
    recallUuid: (uuid, now) => recallUuid(uuids.get(uuid), now, settings),
    useUuid(uuid, use) {
      uuids.set(uuid, useUuid(uuids.get(uuid), use, settings));
    },
    isOtherMessage: (uuid, bodyHash) => isOtherMessage(uuids.get(uuid), bodyHash),
    status: (now) => ({
      recentStarts: recentStarts(rate, now, settings).length,
      blockedUntil: rate.blockedUntil > now ? rate.blockedUntil : null,
    }),
  };
}
