/** What a robot answered, read from the bytes of an HTTP answer: parsed once here, trusted after. Pure. */

/** The fields of an answer that decide an outcome. */
export interface RobotAnswer {
  /** Absent when the answer has none: then nothing is known of the message. */
  readonly errcode?: number;
  readonly errmsg: string;
  /** The inner code of errcode 88, empty if there is none. */
  readonly subCode: string;
  /** DingTalk's gateway bans the machine's address; this shape has no errcode of its own, though some answers mix the two. */
  readonly isBan: boolean;
}

/** The answer, or `undefined` if the body is not a JSON object and so cannot be the robot's. */
export function parseRobotAnswer(body: string): RobotAnswer | undefined {
  const fields = parseObject(body);
  if (fields === undefined) return undefined;
  const errcode = toInteger(fields.errcode);
  const errmsg = typeof fields.errmsg === 'string' ? fields.errmsg : '';
  return {
    ...(errcode === undefined ? {} : { errcode }),
    errmsg,
    subCode: subCodeOf(fields.sub_code ?? fields.subCode, errmsg),
    isBan: toInteger(fields.status) === BANNED,
  };
}

/** https://open.dingtalk.com/document/development/call-frequency-limit (2026-01-22); the shape: https://blog.csdn.net/jialiuyang/article/details/118615052 */
const BANNED = 1111;

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    return Object.fromEntries(Object.entries(parsed));
  } catch {
    return undefined;
  }
}

/** DingTalk's table says number, the example on the same page shows a string: both are taken, and nothing else. */
function toInteger(value: unknown): number | undefined {
  if (typeof value === 'string' && /^-?\d{1,9}$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** Gateways put it into a field of its own, or into the text: `ding talk error[subcode=90002,submsg=…]`. */
function subCodeOf(field: unknown, errmsg: string): string {
  if (typeof field === 'string' || typeof field === 'number') return String(field).trim();
  return /\bsub_?code=([\w.-]+)/i.exec(errmsg)?.[1] ?? '';
}
