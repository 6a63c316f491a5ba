/** Sinks from their configuration: each plugin's create() with what the core lends it, and what the outbox must know of each. */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { NotifierdError } from '../errors.ts';
import type { Expiry } from '../event/expiry.ts';
import type { Fallback } from '../event/fallback.ts';
import type { LaneSetup } from '../outbox/contract.ts';
import type { HttpClient, Log, Pace, Sink, SinkPlugin } from '../plugin/contract.ts';
import { createHosts, type SinkHost } from './hosts.ts';

/** A sink as the configuration has it. */
export interface ConfiguredSink {
  readonly name: string;
  readonly enabled: boolean;
  readonly plugin: SinkPlugin<Readonly<Record<string, unknown>>>;
  /** Passed the plugin's schema and its validate(). */
  readonly config: Readonly<Record<string, unknown>>;
  /** Another hash means another configuration. */
  readonly hash: string;
  readonly fallback?: Fallback;
  readonly expireAfter: Expiry;
}

/** An enabled sink, ready to send. */
export interface ReadySink {
  readonly name: string;
  readonly sink: Sink;
  readonly host: SinkHost;
  readonly log: Log;
  readonly lane: LaneSetup;
  readonly fallback?: Fallback;
  readonly expireAfter: Expiry;
}

/** Creates every enabled sink. No I/O. */
export function createSinks(
  sinks: readonly ConfiguredSink[],
  lent: {
    readonly http: HttpClient;
    readonly clock: Clock;
    logFor(sink: string): Log;
  },
): ReadySink[] {
  const hosts = createHosts();
  return sinks
    .filter((configured) => configured.enabled)
    .map(({ name, plugin, config, hash, fallback, expireAfter }) => {
      const log = lent.logFor(name);
      const host = hosts.lend(lent.http);
      const sink = plugin.create(config, { sink: name, log, http: host.http, now: () => lent.clock.now() });
      const { paces = [] } = sink.limits;
      for (const pace of paces) refuseImpossiblePace(name, pace);
      // Sinks of one credential share its pace; without a vendor's limit there is nothing to share.
      const credentials = paces.map(({ credential }) => `${plugin.name} ${credential}`);
      const paceKeys = (credentials.length > 0 ? credentials : [`sink ${name}`]).map(hash32);
      const identity = { name, plugin: plugin.name, paceKeys, configHash: hash };
      const lane = { ...identity, ...(fallback === undefined ? {} : { fallback: fallback.sink }) };
      return { name, sink, host, log, lane, ...(fallback === undefined ? {} : { fallback }), expireAfter };
    });
}

/** What the outbox keeps of a pace: its latest hundred starts, for as long as the shortest retention. */
function refuseImpossiblePace(sink: string, { starts, windowMs }: Pace): void {
  if (Number.isInteger(starts) && starts >= 1 && starts <= 100 && windowMs >= 1 && windowMs <= 3_600_000)
    return;
  throw new NotifierdError(
    'plugin_broken',
    `the plugin of sink ${sink} names a pace of ${starts} starts in ${windowMs} ms; expected 1 to 100 in at most an hour`,
  );
}

/** The credential itself must not stand in any table. */
function hash32(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
