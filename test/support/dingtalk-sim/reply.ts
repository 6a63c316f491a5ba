/**
 * From the robot's answer and the fault of a call to what goes back over the socket: status, headers, bytes and manner. Pure; wire.ts
 * plays it.
 */
import { errcodeOf, type Fault } from './fault.ts';
import { type Answer, answerOf } from './refusal.ts';
import type { SimSettings } from './settings.ts';

/** What goes back to the sender. */
export interface Reply {
  /** `reset`: the connection ends without an answer. `drip`, `truncated`: the body never comes whole. */
  readonly manner: 'whole' | 'hang' | 'reset' | 'drip' | 'truncated';
  /** Null if there is no answer. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The errcode that the sender can read; null if there is none. */
  readonly errcode: number | null;
  /** Before the answer, or before a hanging connection is ended; undefined: at once, or never. In robot time. */
  readonly waitMs?: number;
}

const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' };
const HTML_TYPE = { 'content-type': 'text/html;charset=UTF-8' };
const BAN = {
  status: 1111,
  wait: 5,
  source: 'x5',
  punish: 'deny',
  uuid: '0ab12cd3-0000-4000-8000-000000000000',
};
const HTML_PAGE = '<!DOCTYPE html><html><body><h1>Sorry, your request has been denied.</h1></body></html>';

/** The reply for the robot's answer as the fault, if any, leaves it. `answer` does not count where the robot never saw the call. */
export function replyOf(answer: Answer, fault: Fault | undefined, wording: SimSettings['wording']): Reply {
  if (fault === undefined) return whole(answer, answer.errcode);
  const errcode = errcodeOf(fault);
  switch (fault.kind) {
    case 'errcode':
      return whole(orderedAnswer(fault, wording), errcode);
    case 'status1111':
      return whole(BAN, errcode);
    case 'status1111_merged':
      return whole({ ...BAN, ...answerOf({ errcode: 130101 }, 'older') }, errcode);
    case 'html':
      return { ...whole('', errcode), headers: HTML_TYPE, body: HTML_PAGE };
    case 'http':
      return httpReply(fault, errcode);
    case 'empty':
      return { ...whole('', errcode), body: '' };
    case 'not_json':
      return { ...whole('', errcode), body: '{"errcode":0,"errm' };
    case 'missing_errcode':
      return whole({ errmsg: 'ok' }, errcode);
    case 'errcode_string':
      return whole({ ...answer, errcode: String(answer.errcode) }, answer.errcode);
    case 'wrong_content_type':
      return { ...whole(answer, answer.errcode), headers: HTML_TYPE };
    case 'slow':
      return { ...whole(answer, answer.errcode), waitMs: fault.ms };
    case 'drip':
    case 'truncated':
      return { ...whole(answer, null), manner: fault.kind };
    case 'hang_before':
    case 'hang_after':
      return { ...NO_ANSWER, manner: 'hang', ...(fault.ms === undefined ? {} : { waitMs: fault.ms }) };
    case 'reset_before':
    case 'reset_after':
      return { ...NO_ANSWER, manner: 'reset' };
    default:
      return fault satisfies never;
  }
}

const NO_ANSWER = { status: null, headers: {}, body: '', errcode: null };

function whole(content: unknown, errcode: number | null): Reply {
  return { manner: 'whole', status: 200, headers: JSON_TYPE, body: JSON.stringify(content), errcode };
}

function orderedAnswer(fault: Extract<Fault, { kind: 'errcode' }>, wording: SimSettings['wording']): object {
  const answer = answerOf({ errcode: fault.errcode }, wording);
  const subCode = fault.errcode === 88 ? (fault.subCode ?? '') : fault.subCode;
  return {
    errcode: answer.errcode,
    errmsg: fault.errmsg ?? answer.errmsg,
    ...(subCode === undefined ? {} : { sub_code: subCode }),
  };
}

function httpReply(fault: Extract<Fault, { kind: 'http' }>, errcode: number | null): Reply {
  const body =
    fault.body ?? `<html><head><title>${fault.status}</title></head><body>${fault.status}</body></html>`;
  return { ...whole('', errcode), status: fault.status, headers: { ...HTML_TYPE, ...fault.headers }, body };
}
