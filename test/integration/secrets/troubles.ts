/** Every kind of trouble that a DingTalk sink can have, each to be met by a sink and a robot of its own. */
import { randomBytes } from 'node:crypto';
import type { Fault } from '../../support/dingtalk-sim/fault.ts';

/** One sink with its trouble. */
export interface TroubledSink {
  /** The name of the sink and of the robot. */
  readonly name: string;
  readonly token: string;
  readonly secret: string;
  /** What its first call meets; absent if the trouble lies in how the two are set up. */
  readonly fault?: Fault;
}

/** A secret that nobody guesses, with characters that URLs, forms, JSON and shells spell otherwise. */
export function madeUpSecret(prefix: string): string {
  return `${prefix}+/=&"\\%${randomBytes(24).toString('hex')}`;
}

/** The sinks, each with its own credentials. */
export function makeTroubles(): readonly TroubledSink[] {
  return [
    sink('healthy'),
    sink('wrong-token'),
    sink('wrong-secret'),
    sink('unreachable'),
    sink('hanging', () => ({ kind: 'hang_after' })),
    ...ERRCODES.map((errcode) => {
      const fault = (said: string): Fault => ({ kind: 'errcode', errcode, errmsg: said, subCode: said });
      return sink(`errcode-${Math.abs(errcode)}`, fault);
    }),
    ...['keywords not in content', 'sign not match', 'invalid timestamp', 'ip not in whitelist'].map(
      (cause, n) =>
        sink(`security-${n}`, (said) => ({ kind: 'errcode', errcode: 310000, errmsg: `${cause}: ${said}` })),
    ),
    ...STATUSES.map((status) =>
      sink(`status-${status}`, (said) => ({ kind: 'http', status, body: said, headers: HEADERS })),
    ),
    sink('status-200-json', (said) => ({
      kind: 'http',
      status: 200,
      body: JSON.stringify({ errmsg: said }),
    })),
    ...KINDS.map((kind) => sink(kind.replaceAll('_', '-'), () => ({ kind }))),
  ];
}

/** Its answer makes all sinks rest: to be met last. */
export function makeBan(): TroubledSink {
  return sink('banned', () => ({ kind: 'status1111_merged' }));
}

const ERRCODES = [
  -1, 88, 40014, 40035, 43004, 60020, 90002, 90018, 90030, 101002, 130101, 300001, 400102, 410100, 430101,
  430102, 430103, 460101, 999999,
];
const STATUSES = [201, 301, 302, 400, 401, 403, 404, 407, 413, 429, 500, 502, 503, 504];
const HEADERS = { location: 'http://127.0.0.1:9/elsewhere', 'retry-after': '120' };
const KINDS = [
  'html',
  'empty',
  'not_json',
  'missing_errcode',
  'errcode_string',
  'wrong_content_type',
  'reset_before',
  'reset_after',
  'truncated',
] as const;

function sink(name: string, faultOf?: (said: string) => Fault): TroubledSink {
  const [token, secret] = [madeUpSecret('tok'), madeUpSecret('SEC')];
  if (faultOf === undefined) return { name, token, secret };
  return { name, token, secret, fault: faultOf(repeated(token, secret)) };
}

/** As services repeat what they were sent. */
function repeated(token: string, secret: string): string {
  const query = `access_token=${encodeURIComponent(token)}`;
  return `token ${token} is not exist, secret ${secret}; POST http://oapi.example.com/robot/send?${query} ${query}`;
}
