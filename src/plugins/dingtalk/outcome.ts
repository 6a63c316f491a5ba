/**
 * What an attempt has come to: from the HTTP answer, or from its absence, to an outcome. DingTalk answers HTTP 200 to nearly
 * everything, so only errcode 0 in a JSON object counts as delivered; all doubt is a failure. The codes are in codes.ts, the
 * operator's texts in advice.ts. Pure.
 */
import type { HttpAnswer, HttpFailure, Outcome } from '../../core/plugin/contract.ts';
import { ADVICE, type AdviceName } from './advice.ts';
import { CODES, type CodeRow } from './codes.ts';
import { parseRobotAnswer, type RobotAnswer } from './robot-answer.ts';
import { descriptionIn, safeVendorText } from './vendor-text.ts';

/** The outcome of one attempt. `secrets`: what must not appear in its detail even if DingTalk repeats it. */
export function toOutcome(answer: HttpAnswer | HttpFailure, secrets: readonly string[] = []): Outcome {
  if (answer.kind !== 'answer') return withoutAnswer(answer);
  const said = parseRobotAnswer(answer.body);
  const { status } = answer;
  if (said?.isBan === true) return EGRESS_BANNED;
  if (status === 429) return tooManyRequests(answer);
  if (status >= 500) return unsure('server_error', `HTTP ${status}`);
  if (status >= 300 && status < 400) return blocked('not_the_robot', `HTTP ${status}`);
  if (said?.errcode === undefined) return withoutCode(status);
  if (said.errcode !== 0) return byCode(said.errcode, said, secrets);
  return status === 200 ? { kind: 'delivered' } : unsure('bad_answer', `errcode 0, but with HTTP ${status}`);
}

/** DingTalk denies an address for 5 minutes: https://open.dingtalk.com/document/development/call-frequency-limit (2026-01-22) */
const EGRESS_BANNED: Outcome = {
  kind: 'throttled',
  reason: 'egress_banned',
  scope: 'plugin',
  waitMs: 5 * 60_000,
  detail: "DingTalk denies this machine's address for now (status 1111)",
};

function withoutAnswer({ kind, code, mayHaveArrived }: HttpFailure): Outcome {
  const reason = kind === 'answer_too_large' ? 'bad_answer' : kind;
  return { kind: 'retry', reason, ambiguous: mayHaveArrived, detail: `no answer: ${kind} (${code})` };
}

/** Not DingTalk's own way to say it, but a gateway's or a proxy's: https://www.rfc-editor.org/rfc/rfc6585#section-4 */
function tooManyRequests({ headers }: HttpAnswer): Outcome {
  const waitMs = Math.min(
    Math.max(retryAfterMs(headers) ?? DEFAULT_WAIT_MS, SHORTEST_WAIT_MS),
    LONGEST_WAIT_MS,
  );
  return { kind: 'throttled', reason: 'rate_limited', scope: 'credential', waitMs, detail: 'HTTP 429' };
}

const DEFAULT_WAIT_MS = 60_000;
const SHORTEST_WAIT_MS = 1000;
/** A mistaken header must not stop a robot for days. */
const LONGEST_WAIT_MS = 3_600_000;

/** Seconds, or a date, which is read against the server's own clock: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(headers: HttpAnswer['headers']): number | undefined {
  const after = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(after)) return Number(after) * 1000;
  const waitMs = Date.parse(after) - Date.parse(headers.date ?? '');
  return Number.isNaN(waitMs) ? undefined : waitMs;
}

/** Not the robot's JSON. With a success status a proxy may have passed the message on; other 4xx never came near the robot. */
function withoutCode(status: number): Outcome {
  if (status >= 400) return blocked('not_the_robot', `HTTP ${status}`);
  return unsure('bad_answer', `HTTP ${status} without an errcode`);
}

function byCode(code: number, said: RobotAnswer, secrets: readonly string[]): Outcome {
  const row = rowFor(code, said);
  const text = safeVendorText(said.errmsg, secrets);
  const words = (meaning: string) => `errcode ${code}, ${meaning}${text === '' ? '' : `: ${text}`}`;
  // An answer with a code says that the message was not taken, even if nobody has documented the code.
  if (row === undefined)
    return { kind: 'retry', reason: 'unknown_code', ambiguous: false, detail: words('not documented') };
  const { verdict } = row;
  if (verdict.kind === 'blocked') return blocked(verdict.advice, words(row.meaning));
  return { ...verdict, detail: words(row.meaning) };
}

/** The row for the code; for 88 with a sub code that has a row of its own, that one. */
function rowFor(code: number, said: RobotAnswer): CodeRow | undefined {
  const inner =
    code === 88 && /^-?\d+$/.test(said.subCode) ? firstRow(Number(said.subCode), said) : undefined;
  return inner ?? firstRow(code, said);
}

function firstRow(code: number, said: RobotAnswer): CodeRow | undefined {
  return CODES.find(
    (row) =>
      code >= row.code &&
      code <= (row.to ?? row.code) &&
      (row.text?.test(descriptionIn(said.errmsg)) ?? true) &&
      (row.withSubCode !== true || said.subCode !== ''),
  );
}

function unsure(reason: 'server_error' | 'bad_answer', detail: string): Outcome {
  return { kind: 'retry', reason, ambiguous: true, detail };
}

function blocked(advice: AdviceName, detail: string): Outcome {
  const { reason, cause, cure } = ADVICE[advice];
  return { kind: 'blocked', reason, detail: `${detail} (${cause})`, cure };
}
