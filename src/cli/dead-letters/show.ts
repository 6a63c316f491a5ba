/** `dead-letters list` and `show`: they read only, a few letters at a time, however many there are. */
import { NotifierdError } from '../../core/errors.ts';
import { OK } from '../command.ts';
import type { Visit } from '../visit.ts';
import { counted } from '../wording.ts';
import { readIdsOf } from './ids.ts';
import { createLetterReader, type Letter } from './letter.ts';
import { toJsonLine } from './letter-json.ts';
import { renderEntry, renderLetter } from './letter-text.ts';
import { inPortions } from './portions.ts';

/** Which letters, and for whom. */
export interface ListOptions {
  /** All sinks unless named. */
  readonly sink?: string;
  readonly limit: number;
  /** For programs: one line of JSON a letter, and nothing else. */
  readonly json: boolean;
}

/** One letter brings all the alerts of its notification's pieces with it. */
const READ_AT_ONCE = 10;

/** Prints the latest dead letters, newest first. */
export async function listLetters(visit: Visit, { sink, limit, json }: ListOptions): Promise<number> {
  const { config, outbox, print } = visit;
  const readLetter = createLetterReader(config);
  const all = await readIdsOf(visit, sink);
  const ids = all.toReversed().slice(0, limit);
  for (const some of inPortions(ids, READ_AT_ONCE)) {
    if (!visit.isRead()) return OK;
    const letters = (await outbox.readDeadLetters(some)).map(readLetter);
    for (const letter of letters) print(json ? `${toJsonLine(letter)}\n` : renderEntry(letter));
  }
  if (!json) print(closingLine({ all: all.length, shown: ids.length, sink }));
  return OK;
}

/** Prints one dead letter whole. Rejects with `dead_letter_unknown` if there is none of this id. */
export async function showLetter(
  { config, outbox, print }: Visit,
  { id, json }: { readonly id: number; readonly json: boolean },
): Promise<number> {
  const [stored] = await outbox.readDeadLetters([id]);
  if (stored === undefined) {
    throw new NotifierdError(
      'dead_letter_unknown',
      `there is no dead letter ${id}`,
      'it may have been retried, dropped, or removed by age; notifierd dead-letters list shows those there are',
    );
  }
  const letter: Letter = createLetterReader(config)(stored);
  print(json ? `${toJsonLine(letter)}\n` : renderLetter(letter));
  return OK;
}

function closingLine({ all, shown, sink }: { all: number; shown: number; sink: string | undefined }): string {
  const of = sink === undefined ? '' : ` of ${sink}`;
  if (all === 0) return `no dead letters${of}\n`;
  const rest = shown < all ? `, the latest ${shown} shown; --limit N shows more` : '';
  return `${counted(all, 'dead letter')}${of}${rest}\n`;
}
