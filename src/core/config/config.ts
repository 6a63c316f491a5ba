/**
 * The configuration as the rest of notifierd sees it: checked, complete, durations in milliseconds and sizes in bytes. Made by
 * load.ts and never changed afterwards. It holds secrets: print it with describeConfig() only.
 */
import type { Expiry } from '../event/expiry.ts';
import type { Fallback } from '../event/fallback.ts';
import type { LinkOptions } from '../event/links.ts';
import type { SinkPlugin } from '../plugin/contract.ts';
import type { RouteRule } from '../routing/routes.ts';
import type { WatchdogConfig } from '../watchdog/watchdog.ts';
import type { Mapping } from './mapping.ts';
import type { CoreValues } from './schema.ts';

/** One configuration file, resolved. */
export interface Config extends CoreConfig {
  /** The enabled and the disabled sinks, in the order of the file. */
  readonly sinks: readonly ResolvedSink[];
  /** `undefined`: every event goes to every enabled sink. */
  readonly routes: readonly RouteRule[] | undefined;
  /** The dead man's switch; absent: none. */
  readonly watchdog?: WatchdogConfig;
  /** The file's name as it was given. */
  readonly file: string;
  /** SHA-256 in hexadecimal over all that is configured, secrets included: another hash means another configuration. */
  readonly hash: string;
  /** Every secret value, for the log's redactor. */
  readonly secrets: readonly string[];
  /** What is allowed but looks like a mistake, one line each. */
  readonly warnings: readonly string[];
  /** The core's values under their public names; for describeConfig(). */
  readonly values: CoreValues;
}

/** The sections that every configuration has. */
export interface CoreConfig {
  readonly http: HttpConfig;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly intake: IntakeConfig;
  readonly outbox: OutboxConfig;
  readonly links: LinkOptions;
  readonly delivery: DeliveryConfig;
}

/** From the most to the least talkative. */
export type LogLevel = CoreValues['log.level'];

/** For people or for log collectors. */
export type LogFormat = CoreValues['log.format'];

/** Where notifierd listens. */
export interface HttpConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly maxBodyBytes: number;
  /** What webhooks must carry; absent: nothing. */
  readonly auth?: HttpAuth;
}

/** A bearer token, or user name and password (always both), or either of the two ways. */
export interface HttpAuth {
  readonly bearerToken?: string;
  readonly username?: string;
  readonly password?: string;
}

/** How notifications are taken in. */
export interface IntakeConfig {
  /** 0: off. */
  readonly dedupWindowMs: number;
  readonly severityLabel: string;
}

/** Where events are kept. */
export interface OutboxConfig {
  readonly store: OutboxStore;
  /** How long a replica that died or hangs keeps its lanes, before another takes them. */
  readonly leaseMs: number;
  readonly retentionMs: number;
  readonly deadLetterRetentionMs: number;
}

/** The engine and what it needs. */
export type OutboxStore = SqliteStore | PostgresStore;

/** One file on this machine. */
export interface SqliteStore {
  readonly engine: 'sqlite';
  /** An absolute path. */
  readonly file: string;
}

/** A database that several replicas may share. */
export interface PostgresStore {
  readonly engine: 'postgres';
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** Where the tables are; a name that needs no quotes. */
  readonly schema: string;
  /** Absent: not encrypted. */
  readonly tls?: PostgresTls;
  /** Most connections of this replica. */
  readonly connections: number;
}

/** How the connection is encrypted. Certificates and key are PEM texts. */
export interface PostgresTls {
  /** `none`: encrypted, unverified; `ca`: the chain is verified; `full`: the chain and the server's name. */
  readonly verify: 'none' | 'ca' | 'full';
  /** The authorities to trust; absent: those that Node knows. */
  readonly ca?: string;
  /** What notifierd shows to the server; with its key, or neither. */
  readonly cert?: string;
  readonly key?: string;
}

/** How messages are sent. */
export interface DeliveryConfig {
  /** Longest that one send may take. */
  readonly timeoutMs: number;
  readonly shutdownGraceMs: number;
  /** How long a message that could hold more is kept back when starts are scarce. */
  readonly gatherMs: number;
  /** The same for one led by a critical event. */
  readonly gatherCriticalMs: number;
  /** May hold user and password. */
  readonly proxy?: string;
  readonly noProxy?: string;
}

/** One sink with its plugin and what is configured for it. */
export interface ResolvedSink {
  readonly name: string;
  readonly enabled: boolean;
  readonly plugin: SinkPlugin<Mapping>;
  /** Passed the plugin's schema and its validate(): ready for create(). `null` for a key with neither value nor default. */
  readonly config: Mapping;
  /** Who is told in its place; absent: nobody. */
  readonly fallback?: Fallback;
  /** Empty: nothing expires. */
  readonly expireAfter: Expiry;
  /** SHA-256 in hexadecimal over plugin, configuration and proxy: another hash means that a blocked sink is worth a new try. */
  readonly hash: string;
}
