/**
 * The faults that a test can order: what goes wrong with one call, between the robot and its answer. This file says what each fault
 * means and reads orders from JSON; fault-plan.ts picks the fault of a call, wire.ts plays it on the socket.
 */
import {
  expected,
  InputError,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  textAt,
  wordAt,
} from './input.ts';
import { isDefiniteCode } from './refusal.ts';

/**
 * What each kind does. `robotSees`: by default the robot judges the call as ever (and shows an accepted message) before its answer is
 * spoiled; otherwise the call never gets to the robot, though it counts towards the minute. `settles`: the sender learns what
 * became of the message.
 */
export const FAULTS = {
  /** HTTP 200 with the ordered errcode. One for too fast sending begins the block. */
  errcode: { robotSees: false, settles: true },
  /** The answer to a banned address: `status` 1111 and no errcode. */
  status1111: { robotSees: false, settles: true },
  /** The same, merged with errcode 130101, as was seen once. */
  status1111_merged: { robotSees: false, settles: true },
  /** HTTP 200 with an HTML page. */
  html: { robotSees: false, settles: false },
  /** Any HTTP status, with any body and headers. */
  http: { robotSees: false, settles: true },
  /** HTTP 200 without a body. */
  empty: { robotSees: false, settles: false },
  /** HTTP 200, declared as JSON, that is none. */
  not_json: { robotSees: false, settles: false },
  /** HTTP 200 with JSON that lacks errcode. */
  missing_errcode: { robotSees: false, settles: false },
  /** The robot's answer with errcode as a string, as DingTalk's own sample has it. */
  errcode_string: { robotSees: true, settles: false },
  /** The robot's answer, declared as text/html. */
  wrong_content_type: { robotSees: true, settles: false },
  /** No answer; the robot never sees the call. */
  hang_before: { robotSees: false, settles: false },
  /** No answer, though the robot has judged the call. */
  hang_after: { robotSees: true, settles: false },
  /** The connection is reset before the robot sees the call. */
  reset_before: { robotSees: false, settles: false },
  /** The connection is reset after the robot has judged the call. */
  reset_after: { robotSees: true, settles: false },
  /** The robot's answer, late. */
  slow: { robotSees: true, settles: false },
  /** The robot's answer a byte at a time, then blanks for ever. */
  drip: { robotSees: true, settles: false },
  /** Half of the robot's answer under a Content-Length for more, then the end of the connection. */
  truncated: { robotSees: true, settles: false },
} as const;

/** The kinds of faults. */
export type FaultKind = keyof typeof FAULTS;

/** Their names. */
// Object.keys() forgets the literal types of a constant's keys.
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Kinds whose names say whether the robot sees the call. */
type FixedKind = 'hang_before' | 'hang_after' | 'reset_before' | 'reset_after';

/** One fault. Durations in milliseconds of robot time: `timeScale` shortens them. */
export type Fault =
  | (Seen & {
      readonly kind: 'errcode';
      readonly errcode: number;
      readonly errmsg?: string;
      readonly subCode?: string;
    })
  | (Seen & {
      readonly kind: 'http';
      readonly status: number;
      /** Default a small HTML page. */
      readonly body?: string;
      /** Beside, or in place of, `content-type: text/html`. */
      readonly headers?: Readonly<Record<string, string>>;
    })
  | (Seen & { readonly kind: 'slow'; readonly ms: number })
  /** `ms`: when the simulator itself ends the connection; never, if absent. */
  | { readonly kind: 'hang_before' | 'hang_after'; readonly ms?: number }
  | { readonly kind: 'reset_before' | 'reset_after' }
  | (Seen & { readonly kind: Exclude<FaultKind, 'errcode' | 'http' | 'slow' | FixedKind> });

interface Seen {
  /** Whether the robot sees the call, in place of the kind's default in FAULTS. */
  readonly robotSees?: boolean;
}

/** Whether the robot judges the call although its answer is spoiled. */
export function robotSees(fault: Fault): boolean {
  return 'robotSees' in fault && fault.robotSees !== undefined
    ? fault.robotSees
    : FAULTS[fault.kind].robotSees;
}

/** Whether a sender can know from the answer that nobody saw the message. */
export function isPlainRefusal(fault: Fault): boolean {
  const errcode = errcodeOf(fault);
  switch (fault.kind) {
    case 'errcode':
      return fault.errcode === 88 ? fault.subCode !== undefined : isDefiniteCode(fault.errcode);
    case 'http':
      return fault.status >= 300 && fault.status < 500 && (errcode === null || isDefiniteCode(errcode));
    default:
      return FAULTS[fault.kind].settles;
  }
}

/** The errcode in an answer that the robot itself did not give; null for faults without one. */
export function errcodeOf(fault: Fault): number | null {
  switch (fault.kind) {
    case 'errcode':
      return fault.errcode;
    case 'status1111_merged':
      return 130101;
    case 'http':
      return errcodeIn(fault.body ?? '');
    default:
      return null;
  }
}

const FAULT_FIELDS = ['kind', 'robotSees', 'errcode', 'errmsg', 'subCode', 'status', 'body', 'headers', 'ms'];

/** Reads a fault from JSON in which the fields `besides` belong to somebody else; throws an InputError. */
export function parseFault(value: unknown, where: string, besides: readonly string[]): Fault {
  const order = objectAt(value, where, [...FAULT_FIELDS, ...besides]);
  const kind = wordAt(order.kind, `${where}.kind`, FAULT_KINDS);
  switch (kind) {
    case 'errcode':
      return { kind, ...seenAt(order, where), ...errcodeAt(order, where) };
    case 'http':
      return { kind, ...seenAt(order, where), ...httpAt(order, where) };
    case 'slow':
      return { kind, ...seenAt(order, where), ms: numberAt(order.ms, `${where}.ms`, 0) };
    case 'hang_before':
    case 'hang_after':
      return { kind, ...(order.ms === undefined ? {} : { ms: numberAt(order.ms, `${where}.ms`, 0) }) };
    case 'reset_before':
    case 'reset_after':
      return { kind };
    default:
      return { kind, ...seenAt(order, where) };
  }
}

function errcodeIn(body: string): number | null {
  try {
    const content: unknown = JSON.parse(body);
    return isObject(content) && typeof content.errcode === 'number' ? content.errcode : null;
  } catch {
    return null;
  }
}

function seenAt({ robotSees: seen }: JsonObject, where: string): Seen {
  if (seen === undefined) return {};
  if (typeof seen !== 'boolean') throw expected(`${where}.robotSees`, 'true or false', seen);
  return { robotSees: seen };
}

function errcodeAt(order: JsonObject, where: string) {
  return {
    errcode: numberAt(order.errcode, `${where}.errcode`, -1),
    ...(order.errmsg === undefined ? {} : { errmsg: textAt(order.errmsg, `${where}.errmsg`) }),
    ...(order.subCode === undefined ? {} : { subCode: textAt(order.subCode, `${where}.subCode`) }),
  };
}

function httpAt(order: JsonObject, where: string) {
  const status = numberAt(order.status, `${where}.status`, 200);
  if (!Number.isInteger(status) || status > 599)
    throw new InputError(`${where}.status: expected 200 to 599, got ${status}`);
  return {
    status,
    ...(order.body === undefined
      ? {}
      : { body: typeof order.body === 'string' ? order.body : JSON.stringify(order.body) }),
    ...(order.headers === undefined ? {} : { headers: headersAt(order.headers, `${where}.headers`) }),
  };
}

function headersAt(value: unknown, where: string): Readonly<Record<string, string>> {
  const headers = Object.entries(objectAt(value, where));
  return Object.fromEntries(headers.map(([name, text]) => [name, textAt(text, `${where}.${name}`)]));
}
