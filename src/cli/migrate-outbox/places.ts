/** From where to where an outbox moves: the words of the command line, judged as `outbox.url` of a configuration is. */
import type { OutboxStore, PostgresStore, SqliteStore } from '../../core/config/config.ts';
import { type StoreOptions, toStore } from '../../core/config/outbox-store.ts';
import { readSecretFile } from '../../core/config/secret-files.ts';
import { trimText } from '../../core/config/secret-text.ts';
import { type Fault, faultLine } from '../../core/errors.ts';
import { ownValue } from '../../core/event/own-value.ts';
import { type Process, UsageError } from '../command.ts';
import { counted } from '../wording.ts';

/** What was given. */
export interface GivenPlaces {
  readonly from: string;
  readonly to: string;
  readonly schema?: string;
  readonly passwordFile?: string;
}

/** What it means. */
export interface MovePlaces {
  /** An absolute path. */
  readonly file: SqliteStore['file'];
  readonly address: PostgresStore;
}

/** The variable that gives `outbox.password` to a daemon. */
const PASSWORD_VARIABLE = 'NOTIFIERD_OUTBOX_PASSWORD';
const DEFAULT_SCHEMA = 'notifierd';

/** Throws a UsageError that lists every fault, with the option as its path. Connects to nothing. */
export async function readPlaces(given: GivenPlaces, { env }: Pick<Process, 'env'>): Promise<MovePlaces> {
  const password = await readPassword(given.passwordFile, env);
  // One database is filled over one connection.
  const around = { directory: '.', schema: DEFAULT_SCHEMA, connections: 1, password: null };
  const from = await readPlace('--from', given.from, around);
  const to = await readPlace('--to', given.to, {
    ...around,
    ...(given.schema === undefined ? {} : { schema: given.schema }),
    password: password.password,
  });
  const faults = [...from.faults, ...to.faults, ...password.faults];
  if (from.store?.engine === 'postgres')
    faults.push({ path: '--from', message: 'expected sqlite: and a file, got a PostgreSQL address' });
  if (to.store?.engine === 'sqlite')
    faults.push({ path: '--to', message: 'expected a PostgreSQL address, got an SQLite file' });
  if (faults.length === 0 && from.store?.engine === 'sqlite' && to.store?.engine === 'postgres')
    return { file: from.store.file, address: to.store };
  throw new UsageError([counted(faults.length, 'fault'), ...faults.map(faultLine)].join('\n'));
}

/** What is said of keys of a configuration, in the words of the options. */
export function inOptionWords(text: string): string {
  return WORDS.reduce((changed, [key, option]) => changed.replaceAll(key, option), text);
}

/** Longer keys before those that begin like them. */
const WORDS: readonly (readonly [string, string])[] = [
  ['outbox.password_file', '--to-password-file'],
  ['outbox.password', PASSWORD_VARIABLE],
  ['outbox.schema', '--to-schema'],
  ['outbox.url', '--to'],
];

async function readPlace(
  option: '--from' | '--to',
  url: string,
  options: StoreOptions,
): Promise<{ readonly store: OutboxStore | undefined; readonly faults: readonly Fault[] }> {
  const { store, faults } = await toStore(url, options);
  return { store, faults: faults.map((fault) => faultOf(option, fault)) };
}

function faultOf(option: '--from' | '--to', { path, message, hint }: Fault): Fault {
  return {
    path: path === 'outbox.url' ? option : inOptionWords(path),
    message: inOptionWords(message),
    ...(hint === undefined ? {} : { hint: inOptionWords(hint) }),
  };
}

/** A file that is named here is meant, whatever the environment has. */
async function readPassword(
  file: string | undefined,
  env: Process['env'],
): Promise<{ readonly password: string | null; readonly faults: readonly Fault[] }> {
  if (file === undefined)
    return { password: trimText(ownValue(env, PASSWORD_VARIABLE) ?? '') || null, faults: [] };
  const read = await readSecretFile({ path: '--to-password-file', file, rival: undefined }, '.');
  return 'fault' in read ? { password: null, faults: [read.fault] } : { password: read.secret, faults: [] };
}
