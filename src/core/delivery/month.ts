/** The month's calls: pure. Which month it is, how far the calls will reach, and how much they must be saved. */
import type { Budget, Limits } from '../plugin/contract.ts';

/** The key under which the outbox counts a call that begins at `at`: the organization, a blank, and the month as `2026-11`. */
export function monthKey({ organization, utcOffsetMs }: Budget, at: number): string {
  return `${organization} ${new Date(at + utcOffsetMs).toISOString().slice(0, 7)}`;
}

/** How many calls there will have been at the month's end if they go on as they did. In the first hours it says little. */
export function forecastCalls(budget: Budget, { calls, at }: CallsNow): number {
  return calls / Math.max(passedPart(budget, at), SHORTEST_PART);
}

/**
 * How much calls must be saved, from 0 to 1: what is left of them, measured by what is left of the month. A tenth less than the month's
 * part is no reason to begin.
 */
export function thriftAt(budget: Budget, { calls, at }: CallsNow): number {
  const callsLeft = Math.max(0, 1 - calls / budget.callsPerMonth);
  const monthLeft = Math.max(1 - passedPart(budget, at), SHORTEST_PART);
  return Math.min(1, Math.max(0, 1 - callsLeft / (monthLeft * ENOUGH)));
}

/** How a month stands, for metrics. */
export interface MonthStand {
  readonly organization: string;
  readonly calls: number;
  readonly allowed: number;
  readonly forecast: number;
}

/** One stand a budget, from the outbox's counts by key; a month that nobody counted in has no calls. */
export function monthStands(
  budgets: readonly Budget[],
  { counted, at }: { readonly counted: ReadonlyMap<string, number>; readonly at: number },
): MonthStand[] {
  return budgets.map((budget) => {
    const calls = counted.get(monthKey(budget, at)) ?? 0;
    const forecast = Math.round(forecastCalls(budget, { calls, at }));
    return { organization: budget.organization, calls, allowed: budget.callsPerMonth, forecast };
  });
}

/** One budget for each organization; should sinks disagree on its calls, the fewest. */
export function budgetsOf(limits: readonly Limits[]): Budget[] {
  const budgets = new Map<string, Budget>();
  for (const { budget } of limits) {
    if (budget === undefined) continue;
    const known = budgets.get(budget.organization);
    if (known === undefined || budget.callsPerMonth < known.callsPerMonth)
      budgets.set(budget.organization, budget);
  }
  return [...budgets.values()];
}

/** The parts of the month's calls, in percent, that somebody should hear of. */
export const WARN_AT_PERCENT = [70, 90, 100] as const;

/** The percentage that is reached with just this call; `undefined` if none is. */
export function warningAt(budget: Budget, calls: number): number | undefined {
  return WARN_AT_PERCENT.find((percent) => calls === Math.ceil((budget.callsPerMonth * percent) / 100));
}

/** Calls begun in the month that `at` lies in. */
export interface CallsNow {
  readonly calls: number;
  readonly at: number;
}

const ENOUGH = 0.9;
/** About an hour of a month: no division by nothing at its ends. */
const SHORTEST_PART = 1 / 720;

function passedPart({ utcOffsetMs }: Budget, at: number): number {
  const local = new Date(at + utcOffsetMs);
  const begin = Date.UTC(local.getUTCFullYear(), local.getUTCMonth());
  const end = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1);
  return (local.getTime() - begin) / (end - begin);
}
