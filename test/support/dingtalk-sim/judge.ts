/**
 * Judges one call as DingTalk would: the checks in their order, ending in the message that people would see or in the refusal that
 * the sender reads. Pure. What the call costs, whether its message was shown before and what goes wrong on the way back are the
 * simulation's concern.
 */
import { hasKeyword, MOST_BODY_BYTES, parseMessage, type ReadBody, type RobotMessage } from './message.ts';
import type { Refusal } from './refusal.ts';
import { allowsAddress, type RobotState, type SimRobot } from './robot.ts';
import { signatureFault } from './signature.ts';

/** A call as it arrived. */
export interface Call {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  /** The sender's address; IPv4 in its own form. */
  readonly address: string;
  /** Raw bytes of the body, counted even where they were not kept. */
  readonly bytes: number;
  readonly body: ReadBody;
}

/** What a call is judged by, beside itself. */
export interface Standing {
  /** Undefined for an unknown or missing token. */
  readonly robot: SimRobot | undefined;
  /** The refusal that its rate or quota asks for. */
  readonly limit: Refusal | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The message to show, or the refusal. Several things wrong: the first in DingTalk's order. */
export function judge(call: Call, standing: Standing): RobotMessage | Refusal {
  const { robot, limit, now } = standing;
  if (call.method !== 'POST') return { errcode: 43002 };
  if (robot === undefined) return tokenRefusal(call.query);
  const refusal = contentTypeRefusal(call) ?? stateRefusal(robot) ?? limit ?? sizeRefusal(call);
  return refusal ?? accessRefusal(call, robot, now) ?? messageOf(call, robot);
}

/** Tells the two results of judge() apart. */
export function isRefusal(judged: RobotMessage | Refusal): judged is Refusal {
  return 'errcode' in judged;
}

const STATE_CODES: Readonly<Record<RobotState, number | undefined>> = {
  active: undefined,
  disabled: 400102,
  removed: 400106,
  disbanded: 400013,
};

function tokenRefusal(query: URLSearchParams): Refusal {
  const token = query.get('access_token') ?? '';
  return token === '' ? { errcode: 40035, cause: 'access_token' } : { errcode: 300005 };
}

function contentTypeRefusal({ contentType = '' }: Call): Refusal | undefined {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType)
    ? undefined
    : { errcode: 43004 };
}

function stateRefusal({ state = 'active' }: SimRobot): Refusal | undefined {
  const errcode = STATE_CODES[state];
  return errcode === undefined ? undefined : { errcode };
}

function sizeRefusal({ bytes }: Call): Refusal | undefined {
  return bytes > MOST_BODY_BYTES ? { errcode: 460101 } : undefined;
}

function accessRefusal(call: Call, robot: SimRobot, now: number): Refusal | undefined {
  if (!allowsAddress(robot, call.address)) return { errcode: 310000, cause: call.address };
  const fault = robot.secret === undefined ? undefined : signatureFault(call.query, robot.secret, now);
  return fault === undefined ? undefined : { errcode: 310000, cause: fault };
}

function messageOf(call: Call, { keywords = [] }: SimRobot): RobotMessage | Refusal {
  const message = parseMessage(call.body);
  if (isRefusal(message) || hasKeyword(message, keywords)) return message;
  return { errcode: 310000, cause: 'keyword' };
}
