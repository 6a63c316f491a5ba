/**
 * A robot's webhook address as DingTalk shows it to people, `https://oapi.dingtalk.com/robot/send?access_token=…`, in its parts
 * (https://open.dingtalk.com/document/development/custom-robots-send-group-messages, 2026-07-14). What is wrong with one is said
 * without repeating anything of it. Pure.
 */

/** A robot, or why the text names none. */
export type WebhookUrl =
  | { readonly endpoint: string; readonly accessToken: string }
  | { readonly message: string; readonly hint: string };

const SHOWN = 'https://oapi.dingtalk.com/robot/send?access_token=…';
const WHOLE = `copy the whole address that DingTalk shows: ${SHOWN}`;

/** Reads an address. A proxy may stand in DingTalk's place, with a path of its own before /robot/send. */
export function readWebhookUrl(text: string): WebhookUrl {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    const hint = 'a token alone belongs into access_token';
    return { message: `expected a whole address such as ${SHOWN}, got something else`, hint };
  }
  const { origin, pathname, searchParams, username, password } = new URL(text);
  const path = withoutSlashes(pathname);
  if (!path.endsWith('/robot/send')) {
    return { message: 'expected the address of a DingTalk robot, got another one', hint: WHOLE };
  }
  if (username !== '' || password !== '') {
    return { message: 'expected an address without user and password', hint: WHOLE };
  }
  const others = [...searchParams.keys()].filter((name) => name !== 'access_token');
  if (others.length > 0) {
    const hint = "notifierd adds timestamp and sign itself; the robot's secret belongs into secret";
    return { message: 'expected only access_token behind the question mark, got more', hint };
  }
  const [accessToken = '', ...more] = searchParams.getAll('access_token');
  if (accessToken === '' || more.length > 0) {
    const got = more.length > 0 ? 'several' : 'none';
    return { message: `expected an access_token in the address, got ${got}`, hint: WHOLE };
  }
  const problem = credentialProblem(accessToken);
  if (problem !== undefined)
    return { message: `expected an access_token in the address, got ${problem}`, hint: WHOLE };
  return { endpoint: `${origin}${path.slice(0, -'/robot/send'.length)}`, accessToken };
}

/** What a token that stands alone is not, to follow "got"; `undefined` for all that may be one. */
export function tokenProblem(token: string): string | undefined {
  const problem = credentialProblem(token);
  if (problem !== undefined) return problem;
  // `<token>`, `token1,token2` and `TOKEN=token`.
  return /[<>,;{}]|^\w+=/.test(token) ? 'one with signs that stand in no token' : undefined;
}

/** What neither a token nor a secret is, to follow "got"; `undefined` for all that may be one. */
export function credentialProblem(token: string): string | undefined {
  if (/\s/.test(token)) return 'one with blanks inside';
  if (token.includes('://') || /\/robot\/send/i.test(token)) return 'a whole address';
  if (/access_token=/i.test(token)) return 'a part of an address, with access_token= in it';
  return undefined;
}

/** Several slashes in a row count as one, and those at the end as none. */
export function withoutSlashes(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((part) => `/${part}`).join('');
}
