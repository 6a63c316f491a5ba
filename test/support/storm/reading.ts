/**
 * What a group's messages tell a reader about a load: which alert in which state stands in which message. Pure, and independent of
 * the product: it reads titles and texts as a person would.
 */
import type { ShownMessage } from '../dingtalk-sim/records.ts';
import type { StormAlert } from './load.ts';

/** One alert in one state, as a key: `firing m000001`. */
export type AlertKey = string;

/** One message, and what it tells. */
export interface ReadMessage {
  readonly message: ShownMessage;
  /** In the order in which they stand in it. */
  readonly alerts: readonly AlertKey[];
  /** Bytes of the lines that tell of alerts, as they are sent; the whole body of a message that tells of one. */
  readonly lineBytes: number;
}

/** The key of an alert of a load. */
export function keyOf({ status, mark }: Pick<StormAlert, 'status' | 'mark'>): AlertKey {
  return `${status} ${mark}`;
}

/** Reads a message. Throws if a line of a digest tells of no alert: then this reader, and what is measured with it, is wrong. */
export function readMessage(message: ShownMessage): ReadMessage {
  const { text } = message;
  if (message.msgtype === 'link') return { message, alerts: keysIn(text), lineBytes: message.bytes };
  const lines = text.split('\n').filter((line) => line.startsWith('- '));
  return {
    message,
    alerts: lines.flatMap((line) => keysIn(line.slice(2))),
    lineBytes: lines.reduce((sum, line) => sum + sentBytes(line), 0),
  };
}

/** What a line may begin with, and the states of which it tells. */
const STATES: Readonly<Record<string, readonly StormAlert['status'][]>> = {
  firing: ['firing'],
  resolved: ['resolved'],
  'fired and cleared': ['firing', 'resolved'],
};

/** The mark is a label, or the end of a pod's name in the description. */
function keysIn(text: string): readonly AlertKey[] {
  const states = STATES[/^(?:firing|resolved|fired and cleared)\b/.exec(text)?.[0] ?? ''];
  const mark = /\b(m\d{6})\b/.exec(text)?.[1];
  if (states === undefined || mark === undefined)
    throw new Error(`expected "<status> … <mark>", got ${JSON.stringify(text.slice(0, 200))}`);
  return states.map((status) => keyOf({ status, mark }));
}

/** Inside a JSON string, with its line break. */
function sentBytes(line: string): number {
  return Buffer.byteLength(JSON.stringify(`${line}\n`)) - 2;
}
