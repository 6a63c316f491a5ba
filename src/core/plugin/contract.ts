/**
 * The plugin contract: all that the core and a channel know of each other. A plugin composes messages (pure) and sends one of
 * them in one request; queue, pace, retry, dead letters and metrics are the core's. docs/writing-a-plugin.md is the guide.
 */
import type { Event } from '../event/event.ts';
import type { HttpClient } from './http-client.ts';
import type { Mend, Outcome } from './outcome.ts';

export type { Event } from '../event/event.ts';
export type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from './http-client.ts';
export type { Mend, Outcome } from './outcome.ts';

/** One key of a sink's configuration. */
export interface ConfigKey {
  /** What it does, its unit, and what the default means: shown in docs and in error messages. */
  readonly doc: string;
  /**
   * What holds when the file has no such key. `null`: there is no default; then a `required_text` must be given, and a key of any
   * other format arrives as `null`.
   */
  readonly default: unknown;
  /**
   * `text`, `required_text`, `flag`, `whole`, `duration` (becomes milliseconds), `size` (becomes bytes), `http_url`,
   * `text_list`, `text_map`, or a list of the allowed words.
   */
  readonly format: ConfigFormat | readonly string[];
  /**
   * The value is a credential: never printed, and readable from a file by the key's twin `<key>_file`. Of a `text_list`, each item is
   * one, and the file has one a line. White space at both ends is removed before the plugin sees it. The word says what is judged:
   *
   * - `token`: made by a machine. White space inside, quotes around it and a value that is only the name of a variable are faults.
   * - `password`: chosen by a person, who may use any sign. A value that is only `${NAME}` is pointed out by a warning.
   */
  readonly sensitive?: SecretKind;
}

/** The kinds of credentials. */
export const SECRET_KINDS = ['token', 'password'] as const;

/** One of them. */
export type SecretKind = (typeof SECRET_KINDS)[number];

/** The named formats that core/config knows. */
export const CONFIG_FORMATS = [
  'text',
  'required_text',
  'flag',
  'whole',
  'duration',
  'size',
  'http_url',
  'text_list',
  'text_map',
] as const;

/** One of them. */
export type ConfigFormat = (typeof CONFIG_FORMATS)[number];

/** The schema of one sink's own keys, besides `plugin`, `enabled`, `fallback` and `expire_after`, which the core reads for every sink. */
export type ConfigSchema<Config> = { readonly [Key in keyof Config & string]: ConfigKey };

/** What is to be said of a key of the sink, in one line. */
export interface KeyRemark {
  /** The key, such as `endpoint` or `pictures.firing`; empty for the sink as a whole. */
  readonly path: string;
  readonly message: string;
  /** How to mend it. */
  readonly hint?: string;
}

/** A channel. The default export of a plugin's index.ts. */
export interface SinkPlugin<Config> {
  /** The folder's name, and what `plugin:` in a configuration says. */
  readonly name: string;
  readonly schema: ConfigSchema<Config>;
  /** Faults that a schema cannot see (two keys that contradict each other). Pure; empty when all is well. */
  validate?(config: Config): readonly KeyRemark[];
  /** What is allowed but looks like a mistake; asked once validate() has found nothing. Pure. Never repeats a secret or a part of one. */
  warn?(config: Config): readonly KeyRemark[];
  /** Called once per sink at start. Synchronous, no I/O, no timers: a configuration that passed the schema must not throw here. */
  create(config: Config, host: Host): Sink;
}

/** What the core lends to a sink. */
export interface Host {
  /** The sink's name in the configuration. */
  readonly sink: string;
  readonly log: Log;
  readonly http: HttpClient;
  /** Milliseconds since the Unix epoch. Not for compose(), which is given its time. */
  now(): number;
}

/** Constant event text and fields. Secrets are removed from both before anything is written. */
export interface Log {
  debug(text: string, fields?: Readonly<Record<string, unknown>>): void;
  info(text: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(text: string, fields?: Readonly<Record<string, unknown>>): void;
  error(text: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A configured channel: one worker at a time talks to it, so it needs no locks, queues or timers. */
export interface Sink {
  readonly limits: Limits;
  /**
   * Pure: the next message for the first of these events, and how many of them, from the first, it covers (at least one).
   * Called with at least one event, at most `limits.eventsPerMessage`. Nothing is left out for size: what does not fit stays
   * uncovered and comes again with the next call; a single event that is too large is shortened visibly.
   */
  compose(events: readonly Event[], context: ComposeContext): Message;
  /** Pure: the simplest message that this channel has. Sent when compose() throws, so that people still learn of the event. */
  plain(title: string, text: string, url: string): Message;
  /** Pure: the exact bytes of the request (or the output) for a sealed message. The same message gives the same bytes. */
  render(message: SealedMessage): string;
  /** One request, one outcome. Never retries, sleeps or queues; ends soon after `signal` aborts. An exception is a bug. */
  send(message: SealedMessage, signal: AbortSignal): Promise<Outcome>;
  /** Asks the channel whether it would take messages, without sending anything that people see. */
  check?(signal: AbortSignal): Promise<Outcome>;
  /** Frees what the sink holds. Called once no send is under way; calling it twice is fine. */
  close?(): Promise<void>;
}

/** What the channel bears. */
export interface Limits {
  /** Most events that compose() can make use of in one call; the core reads no more at a time. */
  readonly eventsPerMessage: number;
  /** Largest request body in bytes; `undefined` if the channel has no limit. */
  readonly messageBytes?: number;
  /** How fast the channel may be written to, one pace for each credential: a message may go under any. None: there is no limit. */
  readonly paces?: readonly Pace[];
  /** The calls that a calendar month has; absent if they are not counted. */
  readonly budget?: Budget;
}

/** Calls that several sinks use up together. Counted and forecast, never enforced: the channel itself says when they are gone. */
export interface Budget {
  /** Whose calls they are: sinks with the same name share them. Shown in metrics. */
  readonly organization: string;
  readonly callsPerMonth: number;
  /** How far the clock by which the month turns is ahead of UTC. */
  readonly utcOffsetMs: number;
}

/** At most `starts` sends (1 to 100) begun in any `windowMs` (at most an hour), over all sinks and replicas with the same `credential`. */
export interface Pace {
  /** What the vendor counts by (token, key). The core keeps only a hash of it. */
  readonly credential: string;
  readonly starts: number;
  readonly windowMs: number;
  /** Of the starts, those that only messages led by a critical event may use; fewer than `starts`. 0 if absent. */
  readonly reserved?: number;
}

/** What compose() is told beside the events. */
export interface ComposeContext {
  readonly pressure: Pressure;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Which message of many events this would be since the lane was last empty, from 1. */
  readonly part: number;
  /** Ways in which this message must differ from the one that the channel refused; empty at first. */
  readonly mends: readonly Mend[];
  /** What held up the oldest of these events, if it is known. */
  readonly delayedBy?: DelayCause;
  /** Events of the lane that expired unsent and of which no message has told yet; 0 if absent. */
  readonly expired?: number;
}

/** `limit`: too much was sent for what the channel takes. `outage`: it could not be reached. `setting`: it refused until one was mended. */
export type DelayCause = 'limit' | 'outage' | 'setting';

/** How much waits, so that a plugin can choose between one message per event and one for many. */
export interface Pressure {
  /** Events waiting in this lane, the given ones included. */
  readonly waitingEvents: number;
  /** Sends that its paces would let this lane start right now; Infinity without a pace. */
  readonly freeStarts: number;
  /** Sends that their windows already count, over all lanes of the credentials; 0 without a pace. */
  readonly spentStarts: number;
  /** Age of the oldest waiting event in milliseconds. */
  readonly oldestWaitMs: number;
  /** Events of this lane that were sent in the last ten seconds: with those waiting, how fast they come. */
  readonly recentEvents: number;
  /** How much the month's calls must be saved, from 0 (they last) to 1 (none is left). */
  readonly thrift: number;
}

/** What compose() returns: not yet durable, without an id. */
export interface Message {
  /** The shape, for the ledger and the docs: `link`, `text`, … */
  readonly form: string;
  /** What render() and send() need, as text; stored as it is. */
  readonly body: string;
  /** How many of the given events, from the first, this message covers. */
  readonly covers: number;
  /** More events could have joined it: when starts are scarce, the core waits a little and composes again. */
  readonly open?: boolean;
  /** It tells of `context.expired`: no later message need. */
  readonly tellsExpired?: boolean;
}

/** A message with its id, committed before its first attempt. */
export interface SealedMessage {
  /** A UUID. Stays the same as long as an earlier attempt may have reached people: channels that know ids drop the copy. */
  readonly id: string;
  readonly form: string;
  readonly body: string;
  /** Under which of `limits.paces` send() sends it, from 0; 0 if absent. render() does not depend on it. */
  readonly via?: number;
}
