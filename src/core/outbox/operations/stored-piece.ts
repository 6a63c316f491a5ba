/** A piece with its notification, from the row of a join of both. */
import type { StoredPiece } from '../contract.ts';
import { unpack } from './packed.ts';

interface PieceRow {
  readonly uuid: string;
  readonly source: string | null;
  readonly received_at: number;
  readonly head: string;
  readonly alerts: Uint8Array;
}

/** An alert of a lane, in set_aside_alert: two sources may have alerts with equal labels, which do not wait for each other. */
export function alertKey(fingerprint: string, source: string | null | undefined): string {
  return source === null || source === undefined ? fingerprint : `${fingerprint} ${source}`;
}

/** The piece as whoever composes or shows its events needs it. */
export function storedPiece({ uuid, source, received_at, head, alerts }: PieceRow): StoredPiece {
  return {
    notificationId: uuid,
    receivedAt: received_at,
    ...(source === null ? {} : { source }),
    head,
    alerts: unpack(alerts),
  };
}

/** How many alerts a piece has, by the text of their fingerprints: 16 characters each, with a blank between two. */
export function alertsNamed(fingerprints: string): number {
  return (fingerprints.length + 1) / 17;
}
