/** When a sink's fallback is told in its place, and of what: pure. */
import type { Fallback } from '../event/fallback.ts';
import { severityRank } from '../event/severity.ts';
import type { LaneView, StandIn } from '../outbox/contract.ts';

/** When the fallback must be told of what waits; `undefined` while the sink delivers or nothing waits. */
export function fallbackAt(
  { afterMs }: Fallback,
  { trouble, waiting }: Pick<LaneView, 'trouble' | 'waiting'>,
): number | undefined {
  if (trouble === undefined || trouble.endedAt !== undefined || waiting === 0) return undefined;
  return trouble.since + afterMs;
}

/** The fallback as the outbox knows it. */
export function standInOf({ sink, severities, tellTwice }: Fallback): StandIn {
  return { to: sink, ranks: severities.map(severityRank), tellTwice };
}

/** Whether the lane waits for its channel, and not for its own pace or for something to send: what is set aside waits for it as well. */
export function canHandOver(
  why: 'hold' | 'pace' | 'retry' | 'empty',
  { setAside }: { readonly setAside: object | undefined },
): boolean {
  return why === 'hold' || why === 'retry' || (why === 'empty' && setAside !== undefined);
}
