/**
 * Cuts a notification into pieces for the outbox: pure. Alerts of one piece go to the same lanes with the same rank, and a piece is
 * small enough that whoever reads a page of a lane later parses little more than that page.
 */
import type { AlertState, NewPiece } from '../outbox/contract.ts';

/** An alert that knows where it goes. */
export interface RoutedAlert {
  /** The alert as it was posted. */
  readonly alert: object;
  readonly state: AlertState;
  readonly rank: number;
  readonly lanes: readonly string[];
}

/** Most alerts in a piece. */
const PIECE_ALERTS = 64;
/** Most JSON in a piece, in UTF-16 units, unless a single alert is larger. */
const PIECE_LENGTH = 64 * 1024;

/** The pieces; alerts that go the same way keep their order. */
export function cutIntoPieces(alerts: readonly RoutedAlert[]): NewPiece[] {
  const sameWay = Map.groupBy(alerts, ({ rank, lanes }) => JSON.stringify([rank, lanes]));
  return [...sameWay.values()].flatMap(cutRun);
}

function cutRun(alerts: readonly RoutedAlert[]): NewPiece[] {
  const pieces: NewPiece[] = [];
  let texts: string[] = [];
  let states: AlertState[] = [];
  let length = 0;
  const finish = (): void => {
    const [first] = alerts;
    if (first === undefined || texts.length === 0) return;
    pieces.push({ rank: first.rank, lanes: first.lanes, alerts: `[${texts.join(',')}]`, states });
    texts = [];
    states = [];
    length = 0;
  };
  for (const { alert, state } of alerts) {
    const text = JSON.stringify(alert);
    if (texts.length === PIECE_ALERTS || length + text.length > PIECE_LENGTH) finish();
    texts.push(text);
    states.push(state);
    length += text.length;
  }
  finish();
  return pieces;
}
