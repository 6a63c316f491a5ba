/**
 * The organisation's monthly quota of webhook calls, shared by all robots:
 * https://open.dingtalk.com/document/development/dingtalk-application-development-platform-billing-model. Pure: count and time in,
 * count out. Calls that the rate limit refused, or that never arrived, do not count.
 */

/** Calls counted in one calendar month. */
export interface MonthCount {
  /** `2026-11`, in China's time. */
  readonly month: string;
  readonly count: number;
}

/** Before any call. */
export const NO_CALLS: MonthCount = { month: '', count: 0 };

const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** True if the month of `now` has no call left. */
export function isMonthUsedUp(counted: MonthCount, now: number, quota: number | null): boolean {
  return quota !== null && counted.month === monthOf(now) && counted.count >= quota;
}

/** Counts one call now; a new month begins at 1. */
export function countCall(counted: MonthCount, now: number): MonthCount {
  const month = monthOf(now);
  return { month, count: counted.month === month ? counted.count + 1 : 1 };
}

function monthOf(now: number): string {
  return new Date(now + CHINA_OFFSET_MS).toISOString().slice(0, 7);
}
