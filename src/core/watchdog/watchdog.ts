/**
 * The dead man's switch at work: hears heartbeats from the intake, and raises an alert of notifierd's own through the named sinks when
 * they stop. The silence is measured on the monotonic clock and begins anew with each start, so that neither a restart nor a clock that
 * is set raises a false alarm. What other replicas hear, and whether the alarm is raised, is read from the outbox.
 */
import type { Clock } from '../clock.ts';
import type { TextMap } from '../event/event.ts';
import type { Outbox } from '../outbox/contract.ts';
import type { Log } from '../plugin/contract.ts';
import type { Matcher } from '../routing/matcher.ts';
import { ALARM_FINGERPRINT, ALARM_GROUP, alarmNotification, raisedSince } from './alarm.ts';
import { type HeartbeatRule, judgeSilence } from './judge.ts';

/** The configuration's section `watchdog`. */
export interface WatchdogConfig extends HeartbeatRule {
  /** Which alerts are heartbeats; all must hold. */
  readonly matchers: readonly Matcher[];
  /** Who is told when they stop. */
  readonly sinks: readonly string[];
}

/** What a watchdog needs. */
export interface WatchdogOptions {
  readonly config: WatchdogConfig;
  readonly severityLabel: string;
  readonly outbox: Pick<Outbox, 'append' | 'readState' | 'noteHeartbeat' | 'readHeartbeat'>;
  readonly clock: Clock;
  readonly log: Log;
  newId(): string;
  /** New events wait in this lane. */
  wake(lane: string): void;
}

/** A dead man's switch. */
export interface Watchdog {
  /** Whether an alert with these labels is a heartbeat, which is not delivered. */
  isHeartbeat(labels: TextMap): boolean;
  /** An accepted notification held a firing heartbeat, new or repeated. */
  heard(): void;
  /** Watches until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** After the outbox failed. */
const RETRY_MS = 5_000;
/** A heartbeat is noted for the other replicas at most this often. */
const NOTE_EVERY_MS = 5_000;
/** All heartbeats are one: there is one watchdog. */
const HEARTBEAT = 'watchdog';

/** A switch that does not watch yet; the silence counts from now. */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { config, outbox, clock, log } = options;
  let lastHeard = clock.elapsed();
  let heard = false;
  let notedAt = Number.NEGATIVE_INFINITY;
  const startedAt = clock.now();
  let alarm = new AbortController();

  async function look(): Promise<number> {
    const shared = await outbox.readHeartbeat(HEARTBEAT);
    if (shared !== undefined && shared >= startedAt) heard = true;
    const silentMs = silence(
      clock.elapsed() - lastHeard,
      shared === undefined ? undefined : clock.now() - shared,
    );
    const since = raisedSince(await outbox.readState(ALARM_GROUP, ALARM_FINGERPRINT));
    const verdict = judgeSilence({ silentMs, heard, raised: since !== undefined }, config);
    if (verdict.kind === 'wait') return verdict.inMs;
    const now = clock.now();
    const startsAt = since ?? new Date(now - silentMs).toISOString();
    const ended = verdict.kind === 'resolve' ? { endsAt: new Date(now).toISOString() } : {};
    const { sinks } = config;
    const { severityLabel } = options;
    const told = { id: options.newId(), at: now, sinks, severityLabel, startsAt, silentMs, ...ended };
    await outbox.append(alarmNotification(told));
    for (const sink of sinks) options.wake(sink);
    if (verdict.kind === 'raise')
      log.error('no heartbeat from Alertmanager', { since: startsAt, told: sinks });
    else log.info('the heartbeat from Alertmanager is back', { since: startsAt, told: sinks });
    return 0;
  }

  return {
    isHeartbeat: (labels) => config.matchers.every((matcher) => matcher.matches(labels)),
    heard() {
      lastHeard = clock.elapsed();
      heard = true;
      if (lastHeard - notedAt >= NOTE_EVERY_MS) {
        notedAt = lastHeard;
        // Whoever hears the next one notes that.
        void outbox.noteHeartbeat(HEARTBEAT, clock.now()).catch(() => undefined);
      }
      alarm.abort();
    },
    async run(signal) {
      while (!signal.aborted) {
        // Renewed before the look: a heartbeat from here on ends the wait that follows.
        alarm = new AbortController();
        let waitMs: number;
        try {
          waitMs = await look();
        } catch (error) {
          if (!signal.aborted) log.error('the watchdog cannot use the outbox', { error });
          waitMs = RETRY_MS;
        }
        if (waitMs > 0) await clock.wait(waitMs, AbortSignal.any([signal, alarm.signal]));
      }
    },
  };
}

/**
 * For how long nobody has heard a heartbeat. What all replicas read is preferred to what one of them knows, so that they tell of the same
 * silence; a time in the future (the clock was set back) tells nothing.
 */
function silence(ownMs: number, sharedMs: number | undefined): number {
  return sharedMs !== undefined && sharedMs >= 0 && sharedMs < ownMs + NOTE_EVERY_MS ? sharedMs : ownMs;
}
