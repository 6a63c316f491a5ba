/** Sinks from their configuration: each plugin's create() with what the core lends it, and what the outbox must know of each. */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { NotifierdError } from '../errors.ts';
import type { LaneSetup } from '../outbox/contract.ts';
import type { HttpClient, Limits, Log, Sink, SinkPlugin } from '../plugin/contract.ts';

/** A sink as the configuration has it. */
export interface ConfiguredSink {
  readonly name: string;
  readonly enabled: boolean;
  readonly plugin: SinkPlugin<Readonly<Record<string, unknown>>>;
  /** Passed the plugin's schema and its validate(). */
  readonly config: Readonly<Record<string, unknown>>;
  /** Another hash means another configuration. */
  readonly hash: string;
}

/** An enabled sink, ready to send. */
export interface ReadySink {
  readonly name: string;
  readonly sink: Sink;
  readonly log: Log;
  readonly lane: LaneSetup;
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
  return sinks
    .filter((configured) => configured.enabled)
    .map(({ name, plugin, config, hash }) => {
      const log = lent.logFor(name);
      const sink = plugin.create(config, { sink: name, log, http: lent.http, now: () => lent.clock.now() });
      refuseImpossiblePace(name, sink.limits);
      const credential = sink.limits.pace?.credential;
      // Sinks of one credential share its pace; without a vendor's limit there is nothing to share.
      const paceKey = hash32(credential === undefined ? `sink ${name}` : `${plugin.name} ${credential}`);
      return { name, sink, log, lane: { name, plugin: plugin.name, paceKey, configHash: hash } };
    });
}

/** What the outbox keeps of a pace: its latest hundred starts, for as long as the shortest retention. */
function refuseImpossiblePace(sink: string, { pace }: Limits): void {
  if (pace === undefined) return;
  const { starts, windowMs } = pace;
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
