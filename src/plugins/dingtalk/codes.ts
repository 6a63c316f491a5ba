/**
 * What each of DingTalk's error codes means for a message, as a table. Nearly all come with HTTP 200. The code decides; only for
 * 310000 and 40035, which stand for several things, does the text choose between causes. Codes that are not listed are not known.
 */
import type { Outcome } from '../../core/plugin/contract.ts';
import type { AdviceName } from './advice.ts';

/** An outcome without its texts. */
export type Verdict =
  | Omit<Extract<Outcome, { kind: 'retry' }>, 'detail'>
  | Omit<Extract<Outcome, { kind: 'throttled' }>, 'detail'>
  | Omit<Extract<Outcome, { kind: 'refused' }>, 'detail'>
  | { readonly kind: 'blocked'; readonly advice: AdviceName };

/** One row. The first that matches holds. */
export interface CodeRow {
  readonly code: number;
  /** The last of a range that begins with `code`. */
  readonly to?: number;
  /** If given, the row holds only for answers whose description matches. */
  readonly text?: RegExp;
  /** If given, the row holds only for answers with a sub code. */
  readonly withSubCode?: true;
  readonly meaning: string;
  readonly verdict: Verdict;
  /** The public page where this is documented or, lacking that, was reported; `undocumented` if there is none. */
  readonly source: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ROBOT = 'https://open.dingtalk.com/document/development/custom-robots-send-group-messages';
const ERRORS = 'https://open.dingtalk.com/document/development/server-api-error-codes-1';
const THROTTLING =
  'https://open.dingtalk.com/document/development/how-to-process-api-throttling-on-the-dingtalk-server';
const GATEWAY = 'https://github.com/open-dingtalk/developerpedia';
const TOO_LONG = 'https://github.com/timonwong/prometheus-webhook-dingtalk/issues/30';
const UNDOCUMENTED = 'undocumented';

/** The gateway gave up on its own back end: the message may have been shown all the same. */
const BUSY_UNSURE: Verdict = { kind: 'retry', reason: 'busy', ambiguous: true };
const BUSY: Verdict = { kind: 'retry', reason: 'busy', ambiguous: false, waitMs: 1000 };
/** DingTalk stops the robot for 10 minutes, and trying within them may prolong it. */
const ROBOT_TOO_FAST: Verdict = throttled('rate_limited', 10 * MINUTE_MS);
const FORBIDDEN_FOR_NOW: Verdict = throttled('rate_limited', MINUTE_MS);
/** The same, but it stands for all calls from this machine's address, whichever robot they are for. */
const MACHINE_FORBIDDEN_FOR_NOW: Verdict = { ...FORBIDDEN_FOR_NOW, scope: 'plugin' };
const TOO_LARGE: Verdict = { kind: 'refused', reason: 'too_large', mend: 'shorter' };
const IMPROPER_TEXT: Verdict = { kind: 'refused', reason: 'improper_text', mend: 'neutral_text' };
const BAD_REQUEST: Verdict = { kind: 'refused', reason: 'bad_request' };

/** The table. 0 (delivered) is not in it: outcome.ts asks for more than the code there. */
export const CODES: readonly CodeRow[] = [
  { code: -1, meaning: 'DingTalk is busy', verdict: BUSY_UNSURE, source: ROBOT },
  { code: 15, meaning: 'time-out inside DingTalk', verdict: BUSY_UNSURE, source: GATEWAY },
  {
    code: 88,
    withSubCode: true,
    meaning: 'not authorized',
    verdict: blocked('not_authorized'),
    source: ERRORS,
  },
  { code: 88, meaning: "time-out of DingTalk's authentication", verdict: BUSY_UNSURE, source: GATEWAY },
  { code: 40014, meaning: 'illegal access token', verdict: blocked('unknown_token'), source: ERRORS },
  {
    code: 40035,
    text: /access_?token/i,
    meaning: 'no access token',
    verdict: blocked('missing_token'),
    source: ROBOT,
  },
  { code: 40035, meaning: 'a part of the message is missing', verdict: BAD_REQUEST, source: ROBOT },
  { code: 43002, meaning: 'not a POST', verdict: blocked('changed_on_the_way'), source: ERRORS },
  { code: 43004, meaning: 'wrong Content-Type', verdict: blocked('changed_on_the_way'), source: ROBOT },
  { code: 60020, meaning: 'address not allowed', verdict: blocked('ip_not_allowed'), source: ERRORS },
  { code: 90001, meaning: 'calls forbidden for now', verdict: MACHINE_FORBIDDEN_FOR_NOW, source: ERRORS },
  { code: 90002, meaning: 'too many calls on the platform', verdict: BUSY, source: THROTTLING },
  { code: 90003, to: 90014, meaning: 'calls forbidden for now', verdict: FORBIDDEN_FOR_NOW, source: ERRORS },
  { code: 90017, meaning: 'calls forbidden for now', verdict: MACHINE_FORBIDDEN_FOR_NOW, source: ERRORS },
  { code: 90018, meaning: 'too many calls in a second', verdict: BUSY, source: THROTTLING },
  {
    code: 90020,
    meaning: "the month's calls are used up",
    verdict: blocked('quota_used_up'),
    source: THROTTLING,
  },
  {
    code: 90030,
    meaning: "the month's webhook calls are used up",
    verdict: throttled('quota_exhausted', HOUR_MS),
    source: 'https://developer.aliyun.com/ask/595588',
  },
  { code: 101002, meaning: 'message too long', verdict: TOO_LARGE, source: TOO_LONG },
  {
    code: 130100,
    to: 130199,
    meaning: 'more than 20 messages in a minute',
    verdict: ROBOT_TOO_FAST,
    source: 'https://github.com/ccfos/nightingale/issues/369',
  },
  {
    code: 300001,
    meaning: 'unknown access token',
    verdict: blocked('unknown_token'),
    source: 'https://github.com/timonwong/prometheus-webhook-dingtalk/issues/91',
  },
  {
    code: 300005,
    meaning: 'unknown access token',
    verdict: blocked('unknown_token'),
    source: 'https://github.com/timonwong/prometheus-webhook-dingtalk/issues/226',
  },
  {
    code: 310000,
    text: /keyword|关键词/i,
    meaning: 'keyword',
    verdict: blocked('missing_keyword'),
    source: ROBOT,
  },
  {
    code: 310000,
    text: /sign|签名/i,
    meaning: 'signature',
    verdict: blocked('wrong_signature'),
    source: ROBOT,
  },
  {
    code: 310000,
    text: /timestamp|时间戳/i,
    meaning: 'clock',
    verdict: blocked('wrong_clock'),
    source: ROBOT,
  },
  {
    code: 310000,
    text: /white ?list|白名单|\bip\b/i,
    meaning: 'address not allowed',
    verdict: blocked('ip_not_allowed'),
    source: ROBOT,
  },
  { code: 310000, meaning: 'security setting', verdict: blocked('security_setting'), source: ROBOT },
  { code: 400013, meaning: 'group disbanded', verdict: blocked('group_gone'), source: ROBOT },
  { code: 400101, meaning: 'unknown access token', verdict: blocked('unknown_token'), source: ROBOT },
  { code: 400102, meaning: 'robot disabled', verdict: blocked('robot_disabled'), source: ROBOT },
  { code: 400105, meaning: 'message type not supported', verdict: BAD_REQUEST, source: ROBOT },
  { code: 400106, meaning: 'robot not in the group', verdict: blocked('robot_gone'), source: ROBOT },
  { code: 410100, meaning: 'more than 20 messages in a minute', verdict: ROBOT_TOO_FAST, source: ROBOT },
  {
    code: 430101,
    meaning: 'unsafe link',
    verdict: { kind: 'refused', reason: 'unsafe_link', mend: 'without_links' },
    source: ROBOT,
  },
  { code: 430102, meaning: 'improper text', verdict: IMPROPER_TEXT, source: ROBOT },
  {
    code: 430103,
    meaning: 'improper picture',
    verdict: { kind: 'refused', reason: 'improper_picture', mend: 'without_picture' },
    source: ROBOT,
  },
  { code: 430104, meaning: 'improper content', verdict: IMPROPER_TEXT, source: ROBOT },
  {
    code: 450101,
    meaning: 'rate limit, as one sender reports',
    verdict: ROBOT_TOO_FAST,
    source: UNDOCUMENTED,
  },
  { code: 460101, meaning: 'message larger than 20000 bytes', verdict: TOO_LARGE, source: TOO_LONG },
];

function throttled(reason: 'rate_limited' | 'quota_exhausted', waitMs: number) {
  return { kind: 'throttled', reason, scope: 'credential', waitMs } as const;
}

function blocked(advice: AdviceName): Verdict {
  return { kind: 'blocked', advice };
}
