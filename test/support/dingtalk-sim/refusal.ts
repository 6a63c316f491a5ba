/**
 * DingTalk's error codes and their texts, in the older and in the newer wording. Codes are from
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages and
 * https://open.dingtalk.com/document/development/server-api-error-codes-1, and from what users of its robots have reported. Texts
 * are only like DingTalk's: senders are told to decide by the code.
 */
import type { SimSettings } from './settings.ts';

/** Why a call is not accepted. */
export interface Refusal {
  readonly errcode: number;
  /** What tells texts of one code apart: the field of 40035; `sign`, `timestamp`, `keyword` or the address of 310000. */
  readonly cause?: string;
}

/** The body of an ordinary answer. */
export interface Answer {
  readonly errcode: number;
  readonly errmsg: string;
}

/** The answer to an accepted call. */
export const OK: Answer = { errcode: 0, errmsg: 'ok' };

const TEXTS: Readonly<Record<number, string>> = {
  0: 'ok',
  [-1]: 'system busy',
  15: 'call remote service timeout',
  88: 'ding talk error',
  40014: 'invalid access_token',
  40035: 'missing parameter',
  43002: 'require POST method',
  43004: 'invalid Content-Type',
  90002: 'api calls exceed the limit of the platform',
  90018: 'api calls exceed the qps limit',
  90020: 'api calls exceed the quota of the month',
  90030: 'webhook over limit',
  101002: 'message is too long',
  130101: 'send too fast, exceed 20 times per minute',
  300001: 'token is not exist',
  300005: 'token is not exist',
  310000: 'security setting violated',
  400013: 'group is disbanded',
  400101: 'access_token is not exist',
  400102: 'robot is disabled',
  400105: 'unsupported msgtype',
  400106: 'robot is not in the group',
  410100: 'send too fast',
  430101: 'unsafe external link',
  430102: 'improper text',
  430103: 'improper image',
  430104: 'improper content',
  460101: 'message too long, exceed 20000 bytes',
};
const NEWER_TEXTS: Readonly<Record<number, string>> = {
  130101: '发送速度太快而限流;solution:请降低发送频率，每个机器人每分钟最多发送20条',
  300005: 'token 不存在;solution:请确认 access_token 拼写是否正确',
  400102: '机器人已停用;solution:请联系管理员启用机器人',
  410100: '发送速度太快而限流;solution:请降低发送频率，每个机器人每分钟最多发送20条',
  460101: 'body 大小不合法;solution:请确保消息大小在 20000bytes 以内',
};
const SECURITY_TEXTS: Readonly<Record<string, { readonly older: string; readonly newer: string }>> = {
  keyword: {
    older: 'keywords not in content',
    newer: '关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词',
  },
  sign: {
    older: 'sign not match',
    newer: '机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中',
  },
  timestamp: {
    older: 'invalid timestamp',
    newer: '机器人发送签名过期;solution:签名生成时间和发送时间请保持在 1 小时内',
  },
};
const DOCUMENT_URL = 'https://open.dingtalk.com/document/development/custom-robots-send-group-messages';

/** Codes that leave open whether people saw the message: 88 does so while its sub code is empty. */
const UNSETTLED_CODES = [0, -1, 15, 88];

/** The answer that tells of the refusal. */
export function answerOf(refusal: Refusal, wording: SimSettings['wording']): Answer {
  const { errcode } = refusal;
  return { errcode, errmsg: wording === 'newer' ? newerText(refusal) : olderText(refusal) };
}

/** True if a sender can know from this code that nobody saw the message. Not so for codes that nobody has documented. */
export function isDefiniteCode(errcode: number): boolean {
  return Object.hasOwn(TEXTS, errcode) && !UNSETTLED_CODES.includes(errcode);
}

function olderText({ errcode, cause = '' }: Refusal): string {
  const text = TEXTS[errcode] ?? `error ${errcode}`;
  if (errcode === 40035) return `${text}: ${cause === '' ? 'json' : cause}`;
  if (errcode !== 310000 || cause === '') return text;
  return SECURITY_TEXTS[cause]?.older ?? `ip ${cause} not in whitelist`;
}

function newerText(refusal: Refusal): string {
  const { errcode, cause = '' } = refusal;
  if (errcode === 310000 && cause !== '') return described(SECURITY_TEXTS[cause]?.newer ?? ipText(cause));
  const text = NEWER_TEXTS[errcode];
  return text === undefined ? olderText(refusal) : described(text);
}

function ipText(address: string): string {
  return `ip 不在白名单中;solution:请将 ${address} 加入机器人的 IP 地址段`;
}

function described(text: string): string {
  return `description:${text};link:${DOCUMENT_URL};`;
}
