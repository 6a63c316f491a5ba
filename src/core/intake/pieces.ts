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
  const sameWay = Map.groupBy(alerts, ({ rank, lanes }) => `${rank} ${lanes.join(' ')}`);
  return [...sameWay.values()].flatMap((run) => {
    const pieces: NewPiece[] = [];
    for (let start = 0; start < run.length; start += PIECE_ALERTS)
      pieces.push(...cutByLength(run.slice(start, start + PIECE_ALERTS)));
    return pieces;
  });
}

/** One piece, or those of its halves if it is too long. */
function cutByLength(alerts: readonly RoutedAlert[]): NewPiece[] {
  const [first] = alerts;
  if (first === undefined) return [];
  const json = JSON.stringify(alerts.map(({ alert }) => alert));
  if (json.length > PIECE_LENGTH && alerts.length > 1) {
    const middle = Math.ceil(alerts.length / 2);
    return [...cutByLength(alerts.slice(0, middle)), ...cutByLength(alerts.slice(middle))];
  }
  return [{ rank: first.rank, lanes: first.lanes, alerts: json, states: alerts.map(({ state }) => state) }];
}
