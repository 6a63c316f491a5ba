/** What can stand in the way of a move, in words for whoever makes it. */
import { NotifierdError } from '../../errors.ts';
import type { PostgresAddress } from '../postgres/address.ts';
import { describeAddress } from '../postgres/describe-address.ts';
import { settingFault, toOutboxError } from '../postgres/faults.ts';
import { explain } from '../sqlite/open-database.ts';
import type { MoveMarker } from './marker.ts';

/** From where to where. */
export interface MoveWay {
  /** The SQLite file. */
  readonly file: string;
  readonly address: PostgresAddress;
}

/** A failure of the file, of the server or its settings; what is neither stays as it is. */
export function toMoveError(error: unknown, { file, address }: MoveWay): Error {
  return settingFault(toSourceError(error, file), describeAddress(address)) ?? toOutboxError(error);
}

/** A failure of the file; what is none stays as it is. */
export function toSourceError(error: unknown, file: string): unknown {
  const known = error instanceof Error && 'errcode' in error ? explain(error, file) : error;
  if (!(known instanceof NotifierdError) || known.code !== 'outbox_in_use') return known;
  const hint = 'stop it first: what it does meanwhile would not be moved';
  return new NotifierdError('outbox_in_use', known.message, hint);
}

/** Somebody asked for the end, and nothing was committed. */
export function stopped(): NotifierdError {
  return new NotifierdError('move_stopped', 'stopped before its end: nothing was moved', 'run it again');
}

/** The connection broke while the commit was under way. */
export function unknownEnd(error: unknown, way: MoveWay): NotifierdError {
  const { message } = toMoveError(error, way);
  return new NotifierdError(
    'outbox_unavailable',
    `whether everything has arrived in ${describeAddress(way.address)} is not known: ${message}`,
    'run the same command again, before any notifierd is started: it finds out',
  );
}

/** Everything is committed over there, and the source does not say so yet. */
export function notMarked(error: unknown, { file, address }: MoveWay): NotifierdError {
  const reason = error instanceof Error ? error.message : String(error);
  return new NotifierdError(
    'outbox_unavailable',
    `everything is in ${describeAddress(address)}, but ${file} cannot be marked as moved: ${reason}`,
    'start no notifierd on the file; mend this, and run the same command again',
  );
}

/** Another move led elsewhere, or may have. */
export function movedElsewhere(file: string, { state, place }: MoveMarker): NotifierdError {
  const [message, hint] =
    state === 'moved'
      ? [`${file} was moved to ${place} before`, 'there is nothing left to move']
      : [
          `${file} may be in ${place} already: a move there was begun and has not been seen through`,
          'move it there again; or, if nothing is there, start serve on the file once, which gives that move up',
        ];
  return new NotifierdError('outbox_moved', message, hint);
}
