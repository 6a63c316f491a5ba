/** Which dead letters a command is about, when it was told a sink or nothing. */
import { readLanesOf } from '../lanes.ts';
import type { Visit } from '../visit.ts';

/** The ids of the dead letters of one sink, or of all, oldest first. Throws a UsageError for a sink that nobody knows. */
export async function readIdsOf(
  visit: Pick<Visit, 'config' | 'outbox'>,
  sink: string | undefined,
): Promise<readonly number[]> {
  if (sink !== undefined) await readLanesOf(visit, sink);
  return await visit.outbox.readDeadLetterIds(sink);
}
