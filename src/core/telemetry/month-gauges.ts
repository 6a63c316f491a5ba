/** The gauges of the month's calls, one set for each organization. They show what one reading of the outbox said. */
import type { Gauge } from 'prom-client';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

/** One organization's month. */
export interface MonthReading {
  readonly organization: string;
  readonly calls: number;
  readonly allowed: number;
  readonly forecast: number;
}

/** Answers what shows one reading of all organizations until the next. */
export function createMonthGauges(
  createGauge: (entry: CatalogueEntry) => Gauge,
): (readings: readonly MonthReading[]) => void {
  const calls = createGauge(CATALOGUE.monthCalls);
  const allowed = createGauge(CATALOGUE.monthCallsAllowed);
  const forecast = createGauge(CATALOGUE.monthCallsForecast);
  return (readings) => {
    for (const { organization, ...month } of readings) {
      calls.set({ organization }, month.calls);
      allowed.set({ organization }, month.allowed);
      forecast.set({ organization }, month.forecast);
    }
  };
}
