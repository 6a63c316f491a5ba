/** When events become too old to be worth a message: pure. */
import type { Expiry } from '../event/expiry.ts';
import { SEVERITIES } from '../event/severity.ts';

/** The ranks that expire, and before which instant; empty if nothing that waits since `oldestAt` can have expired. */
export function expiredBefore(
  expiry: Expiry,
  { oldestAt, at }: { readonly oldestAt: number | undefined; readonly at: number },
): { readonly rank: number; readonly before: number }[] {
  return SEVERITIES.flatMap((severity, rank) => {
    const afterMs = expiry[severity] ?? 0;
    const before = at - afterMs;
    return afterMs > 0 && oldestAt !== undefined && oldestAt < before ? [{ rank, before }] : [];
  });
}
