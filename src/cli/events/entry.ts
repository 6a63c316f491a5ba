/** Walks the ledger for people: its pieces, portion by portion, become events with what became of them in each sink. */
import type { Config } from '../../core/config/config.ts';
import type { ReadEvent } from '../../core/delivery/read-events.ts';
import type { Event } from '../../core/event/event.ts';
import { createLinks } from '../../core/event/links.ts';
import { createEventReader } from '../../core/intake/alertmanager/to-event.ts';
import type { LedgerEntry, LedgerPiece, LedgerRequest, Outbox } from '../../core/outbox/contract.ts';

/** One line of what `notifierd events` shows. */
export interface Entry extends Omit<LedgerEntry, 'index'> {
  readonly event: Event;
}

/** The newest first. Reads the next portion only when it is asked for: how long the history is does not matter. */
export async function* walkLedger(
  outbox: Pick<Outbox, 'readLedger'>,
  config: Pick<Config, 'links' | 'intake'>,
  request: Omit<LedgerRequest, 'before'>,
): AsyncGenerator<Entry, void, undefined> {
  const readPiece = createPieceReader(config);
  let before: number | undefined;
  do {
    const from = before === undefined ? {} : { before };
    const { pieces, next } = await outbox.readLedger({ ...request, ...from });
    for (const piece of pieces) yield* readPiece(piece);
    before = next;
  } while (before !== undefined);
}

function createPieceReader({
  links,
  intake,
}: Pick<Config, 'links' | 'intake'>): (piece: LedgerPiece) => Generator<Entry, void, undefined> {
  const { severityLabel } = intake;
  // Stored heads and alerts are what the intake let through.
  const readEvent = createEventReader({ links: createLinks(links), severityLabel }) as ReadEvent;
  return function* readPiece({ notificationId, receivedAt, source, firstNumber, head, alerts, entries }) {
    const readAlert = readEvent(JSON.parse(head));
    // The outbox keeps arrays of alerts here.
    const list = JSON.parse(alerts) as readonly unknown[];
    for (const { index, ...entry } of entries) {
      const id = `${notificationId}-${firstNumber + index}`;
      const origin = { id, receivedAt, ...(source === undefined ? {} : { source }) };
      yield { ...entry, event: readAlert(list[index], origin) };
    }
  };
}
