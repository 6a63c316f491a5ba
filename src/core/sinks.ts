/** Sinks from their configuration: each plugin's create() with what the core lends it, and what the outbox must know of each. */
import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { LaneSetup } from './outbox/contract.ts';
import type { HttpClient, Sink } from './plugin/contract.ts';
import type { Logger } from './telemetry/logger.ts';

/** An enabled sink, ready to send. */
export interface BuiltSink {
  readonly name: string;
  readonly sink: Sink;
  readonly log: Logger;
  readonly lane: LaneSetup;
}

/** Builds every enabled sink. No I/O. */
export function buildSinks(
  { sinks }: Pick<Config, 'sinks'>,
  { log, http, clock }: { readonly log: Logger; readonly http: HttpClient; readonly clock: Clock },
): BuiltSink[] {
  return sinks
    .filter((configured) => configured.enabled)
    .map(({ name, plugin, config, hash }) => {
      const own = log.child({ sink: name });
      const sink = plugin.create(config, { sink: name, log: own, http, now: () => clock.now() });
      const credential = sink.limits.pace?.credential;
      // Sinks of one credential share its pace; without a vendor's limit there is nothing to share.
      const paceKey = hash32(credential === undefined ? `sink ${name}` : `${plugin.name} ${credential}`);
      return { name, sink, log: own, lane: { name, plugin: plugin.name, paceKey, configHash: hash } };
    });
}

/** The credential itself must not stand in any table. */
function hash32(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
