/** Opens the outbox that the configuration names, on whichever engine, with the clock that goes with it. */
import type { Clock } from '../clock.ts';
import type { Log } from '../plugin/contract.ts';
import type { Outbox } from './contract.ts';
import type { PostgresAddress } from './postgres/address.ts';
import { describeAddress } from './postgres/describe-address.ts';
import { openSqliteOutbox, visitSqliteOutbox } from './sqlite/engine.ts';

/** Where an outbox is. */
export type OutboxPlace =
  | { readonly engine: 'sqlite'; readonly file: string }
  | ({ readonly engine: 'postgres'; readonly connections: number } & PostgresAddress);

/** What opening needs. */
export interface OpenOutboxOptions {
  readonly place: OutboxPlace;
  /** The machine's clock. */
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting for a server that is away. */
  readonly signal: AbortSignal;
  /** How long a lease lasts where replicas share the outbox: nothing may take half as long. */
  readonly leaseMs: number;
  onCommit(seconds: number): void;
  /** Nothing can be stored any more, and the process should end. */
  onCrash(error: Error): void;
  /** Other replicas have stored something for these lanes; `all`: anything. */
  onNews(lanes: readonly string[] | 'all'): void;
}

/** An open outbox. */
export interface OpenOutbox {
  readonly outbox: Outbox;
  /** Absent: nobody else is at work on it, and the machine's clock will do. */
  readonly shared?: { readonly clock: Clock };
}

const LONGEST_PATIENCE_MS = 4_000;

/** Rejects with a NotifierdError that says what is wrong and how to mend it. */
export async function openOutbox({ place, ...options }: OpenOutboxOptions): Promise<OpenOutbox> {
  switch (place.engine) {
    case 'sqlite': {
      const { onCommit, onCrash } = options;
      return { outbox: await openSqliteOutbox({ file: place.file, onCommit, onCrash }) };
    }
    case 'postgres': {
      const { openPostgresOutbox } = await loadPostgres();
      const { connections } = place;
      const patienceMs = Math.min(LONGEST_PATIENCE_MS, options.leaseMs / 3);
      const opened = await openPostgresOutbox({ ...options, address: place, connections, patienceMs });
      return { outbox: opened.outbox, shared: { clock: opened.clock } };
    }
    default:
      return place satisfies never;
  }
}

/** Opens an outbox that is there already, whether a daemon works on it or not, for a command that looks at it or changes a little. */
export async function visitOutbox(
  place: OutboxPlace,
  { clock }: Pick<OpenOutboxOptions, 'clock'>,
): Promise<OpenOutbox> {
  switch (place.engine) {
    case 'sqlite':
      return { outbox: await visitSqliteOutbox({ file: place.file }) };
    case 'postgres': {
      const { visitPostgresOutbox } = await loadPostgres();
      const { outbox, clock: shared } = await visitPostgresOutbox({ address: place, clock });
      return { outbox, shared: { clock: shared } };
    }
    default:
      return place satisfies never;
  }
}

/** In one line, without a password. */
export function describePlace(place: OutboxPlace): string {
  return place.engine === 'sqlite' ? place.file : describeAddress(place);
}

/** Loaded for those who use it only: most run on SQLite, and the driver takes memory. */
async function loadPostgres(): Promise<typeof import('./postgres/engine.ts')> {
  return await import('./postgres/engine.ts');
}
