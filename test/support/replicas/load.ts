/** A steady load for all robots of a stage: alerts that fire, criticals among them, and end a little later. Pure. */
import { firing, resolved } from '../storm/lives.ts';
import type { StormWebhook } from '../storm/load.ts';

/** How much, and for how long. */
export interface SteadyLoad {
  readonly robots: readonly string[];
  /** From one group that begins to fire to the next. */
  readonly everyMs: number;
  readonly lastsMs: number;
  /** Every second group is resolved so much later, while others fire. */
  readonly endAfterMs: number;
}

const MOST_ALERTS = 3;

/** Its webhooks: one to three alerts each, the robots in turns. Of all alerts a tenth is critical. */
export function steadyLoad({ robots, everyMs, lastsMs, endAfterMs }: SteadyLoad): readonly StormWebhook[] {
  const begun = Array.from({ length: Math.floor(lastsMs / everyMs) }, (_, index): StormWebhook => {
    const firstNumber = index * MOST_ALERTS;
    const alerts = 1 + (index % MOST_ALERTS);
    const webhook = firing({ atMs: index * everyMs, index, firstNumber, alerts, critical: 4 });
    return { ...webhook, group: `${robots[index % robots.length]}-${index}` };
  });
  const ended = begun.filter((_, index) => index % 2 === 0).map((webhook) => resolved(webhook, endAfterMs));
  return [...begun, ...ended];
}
