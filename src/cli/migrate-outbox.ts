/**
 * `notifierd migrate-outbox`: an outbox moves from SQLite to PostgreSQL, what waits and the history. Which words and options there are is
 * decided here; which places they name, and what is said of the move, is beside, in migrate-outbox/.
 */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../core/clock.ts';
import { NotifierdError } from '../core/errors.ts';
import { createRedactor } from '../core/telemetry/redact.ts';
import { readArguments } from './arguments.ts';
import { type Command, OK, type Process, UsageError } from './command.ts';
import { inOptionWords, type MovePlaces, readPlaces } from './migrate-outbox/places.ts';

/** Answers 0 once everything is in the other outbox, also if an earlier run has brought it there; 1 if nothing was moved. */
export const migrateOutbox: Command = {
  usage: 'migrate-outbox --from URL --to URL',
  summary: 'move an outbox from SQLite to PostgreSQL',
  details: [
    '--from sqlite:FILE                            what waits and the history; notifierd must be stopped',
    '--to postgres://USER@HOST:PORT/DATABASE?…     a database; the outbox in it is made, or is empty',
    '[--to-schema NAME]                            the schema that holds its tables: notifierd unless told',
    '[--to-password-file FILE]                     the password; or in NOTIFIERD_OUTBOX_PASSWORD',
    'All or nothing, and can be run again whatever became of it. Afterwards the file is not used any more.',
  ],
  async run(args, process) {
    const { values } = readArguments(args, OPTIONS, { atMost: 0 });
    const { from, to } = values;
    if (from === undefined || to === undefined) throw new UsageError('expected --from URL and --to URL');
    const places = await readPlaces({ from, to, ...optional(values) }, process);
    return await move(places, process);
  },
};

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  'to-schema': { type: 'string' },
  'to-password-file': { type: 'string' },
} as const;

function optional(values: {
  readonly 'to-schema'?: string | undefined;
  readonly 'to-password-file'?: string | undefined;
}) {
  const { 'to-schema': schema, 'to-password-file': passwordFile } = values;
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}

async function move({ file, address }: MovePlaces, process: Process): Promise<number> {
  // Only now: the query builder and PostgreSQL's driver cost the main thread of all other commands 25 MB.
  const { moveOutbox } = await import('../core/outbox/move/move-outbox.ts');
  const { createReport } = await import('./migrate-outbox/report.ts');
  const stopping = new AbortController();
  void process.asked.then(() => stopping.abort());
  const redact = createRedactor(address.password === undefined ? [] : [address.password]);
  const report = createReport({
    file,
    address,
    clock: systemClock,
    print: (text) => process.print(redact(text)),
  });
  try {
    const { signal } = stopping;
    const options = { file, address, id: randomUUID(), clock: systemClock, signal, observer: report };
    report.ended(await moveOutbox(options));
  } catch (error) {
    if (!(error instanceof NotifierdError)) throw error;
    const { code, message, hint } = error;
    throw new NotifierdError(code, redact(message), hint === undefined ? undefined : inOptionWords(hint));
  }
  return OK;
}
