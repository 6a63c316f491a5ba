/** The measures by name, in the order in which they run. */
import type { Measure } from './bench.ts';
import type { MeasureName } from './measure-names.ts';
import { measureAcknowledgement } from './measures/acknowledgement.ts';
import { measureDelivery } from './measures/delivery.ts';
import { measureFootprint } from './measures/footprint.ts';
import { measureLatency } from './measures/latency.ts';
import { measureReplicas } from './measures/replicas.ts';
import { measureScale } from './measures/scale.ts';

/** Each by its name. */
export const MEASURES: Readonly<Record<MeasureName, Measure>> = {
  acknowledgement: measureAcknowledgement,
  delivery: measureDelivery,
  latency: measureLatency,
  scale: measureScale,
  footprint: measureFootprint,
  replicas: measureReplicas,
};
