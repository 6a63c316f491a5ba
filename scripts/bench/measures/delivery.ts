/**
 * Delivery: a backlog through a sink without a vendor's limit while webhooks keep coming, and messages through the simulator, whose
 * answers take 0 or 150 ms.
 */
import type { Bench } from '../bench.ts';
import { measureBacklog } from './backlog.ts';
import { measureMessages } from './messages.ts';

/** Both. */
export async function measureDelivery(bench: Bench): Promise<void> {
  for (let round = 0; round < bench.effort.rounds; round++) {
    await measureBacklog(bench, round);
    await measureMessages(bench, round);
  }
}
