/** What `notifierd migrate-outbox` says while it works, and in the end: in numbers, and what to do next. */
import type { Clock } from '../../core/clock.ts';
import type { PostgresStore } from '../../core/config/config.ts';
import { type Census, totalRows } from '../../core/outbox/move/census.ts';
import type { Moved, MoveObserver } from '../../core/outbox/move/move-outbox.ts';
import { describePlace } from '../../core/outbox/open-outbox.ts';
import { counted, waiting } from '../wording.ts';

/** What moves, and where it is said. */
export interface ReportOptions {
  readonly file: string;
  readonly address: PostgresStore;
  readonly clock: Clock;
  print(text: string): void;
}

/** Says everything as it happens. */
export interface Report extends MoveObserver {
  ended(moved: Moved): void;
}

/** How often a long move says how far it is. */
const SAY_EVERY_MS = 3_000;

/** A report of one move. */
export function createReport({ file, address, clock, print }: ReportOptions): Report {
  const place = describePlace(address);
  let saidAt = clock.elapsed();
  return {
    waits: () => print('another notifierd is at work on that schema: waiting for its end\n'),
    begins(census) {
      const rows = counted(totalRows(census), 'row');
      print(`moving ${file} to ${place}\n${listOf(census)}${rows} in all\n`);
    },
    copied(rows, all) {
      if (clock.elapsed() - saidAt < SAY_EVERY_MS) return;
      saidAt = clock.elapsed();
      print(`${Math.floor((rows / all) * 100)} %: ${rows} of ${counted(all, 'row')}\n`);
    },
    ended({ kind, census }) {
      if (kind === 'moved_before') print(`an earlier run has moved ${file} to ${place}:\n${listOf(census)}`);
      else print(`moved, and compared:\n${listOf(census)}`);
      print(nextSteps({ file, address }));
    },
  };
}

function listOf({ rows, lanes, deadLetters }: Census): string {
  const busy = lanes.filter((lane) => lane.waiting > 0);
  const events = busy.reduce((sum, lane) => sum + lane.waiting, 0);
  const bySink = busy.map((lane) => `${lane.waiting} for ${lane.name}`).join(', ');
  return [
    events === 0 ? 'no events wait' : `${waiting(events)}: ${bySink}`,
    counted(rows.get('notification') ?? 0, 'notification'),
    counted(rows.get('message') ?? 0, 'message'),
    counted(deadLetters, 'dead letter'),
  ]
    .map((line) => `  ${line}\n`)
    .join('');
}

function nextSteps({ file, address }: Pick<ReportOptions, 'file' | 'address'>): string {
  return [
    `Next: set outbox.url to the address that you gave with --to, outbox.schema to ${address.schema}, the password as`,
    'outbox.password_file or outbox.password if there is one, and start the replicas. They go on where notifierd stopped.',
    `${file} is left as it was, and no notifierd starts on it any more: keep it until you are sure.`,
    '',
  ].join('\n');
}
