/** The lanes that a question is about, and the check that there is such a sink. */
import type { LaneReading } from '../core/outbox/contract.ts';
import { UsageError } from './command.ts';
import type { Visit } from './visit.ts';

/**
 * How the lane of this sink stands, or every lane. None for a sink that has never been started. Throws a UsageError for a name that
 * neither the configuration nor the outbox knows: a slip of the pen must not look like a sink of which there is nothing to tell.
 */
export async function readLanesOf(
  { config, outbox }: Pick<Visit, 'config' | 'outbox'>,
  sink: string | undefined,
): Promise<readonly LaneReading[]> {
  const lanes = await outbox.readLanes();
  if (sink === undefined) return lanes;
  const names = new Set([...config.sinks.map(({ name }) => name), ...lanes.map(({ lane }) => lane)]);
  if (names.has(sink)) return lanes.filter(({ lane }) => lane === sink);
  throw new UsageError(`no sink is named ${JSON.stringify(sink)}; there are ${[...names].join(', ')}`);
}
