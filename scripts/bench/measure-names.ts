/** What can be measured, in the order in which it is. */

/** Their names, as `--only` takes them. */
export const MEASURE_NAMES = [
  'acknowledgement',
  'delivery',
  'latency',
  'scale',
  'footprint',
  'replicas',
] as const;

/** One of them. */
export type MeasureName = (typeof MEASURE_NAMES)[number];
