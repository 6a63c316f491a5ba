/**
 * Faults in how a sink names its robots: one by `url` or `access_token`, or several of one group by `access_tokens`, each with its
 * secret or all without. Messages count and number what stands there and never repeat it: all of it is secret.
 */
import { type RobotKeys, robotsOf } from './robots.ts';
import type { SinkFault } from './sink-fault.ts';
import { credentialProblem, readWebhookUrl, tokenProblem, withoutSlashes } from './webhook-url.ts';

/** Ten robots are 180 messages in 65 s, more than anybody reads; more tokens are likely to be a mistake. */
export const MOST_ROBOTS = 10;

/** All that is wrong with the keys together. Pure. */
export function robotFaults(keys: RobotKeys): SinkFault[] {
  const isPool = keys.access_tokens.length > 0;
  if (keys.url === null && keys.access_token === null && !isPool) return [NO_ROBOT];
  const credentials = [
    ...(keys.url === null ? [] : urlFaults(keys.url, keys)),
    ...(keys.access_token === null ? [] : tokenFaults('access_token', [keys.access_token])),
    ...tokenFaults('access_tokens', keys.access_tokens),
    ...secretTextFaults('secret', keys.secret === '' ? [] : [keys.secret]),
    ...secretTextFaults('secrets', keys.secrets),
  ];
  if (!isPool) return [...bothFaults(keys), ...credentials, ...secretFaultsOfOne(keys)];
  return [
    ...bothFaults(keys),
    ...credentials,
    ...poolFaults(keys.access_tokens),
    ...secretFaultsOfPool(keys),
  ];
}

/** Token and secret are easily taken for each other; DingTalk answers both mistakes alike, and only once an alert is sent. */
export function robotWarnings(keys: RobotKeys): SinkFault[] {
  const isPool = keys.access_tokens.length > 0;
  const [tokenKey, secretKey] = isPool
    ? ['access_tokens', 'secrets']
    : [keys.url === null ? 'access_token' : 'url', 'secret'];
  return robotsOf(keys).credentials.flatMap(({ accessToken, secret }, index): SinkFault[] => {
    const which = isPool ? `number ${index + 1} ` : '';
    if (accessToken.startsWith('SEC')) {
      const hint = `the text that begins with SEC belongs into ${secretKey}; the token stands behind access_token= in the address`;
      return [{ path: tokenKey, message: `${which}looks like a robot's secret, not like its token`, hint }];
    }
    if (!TOKEN.test(secret)) return [];
    const hint = 'the secret is the text that begins with SEC on the robot\'s page, under "sign"';
    return [{ path: secretKey, message: `${which}looks like a robot's token, not like its secret`, hint }];
  });
}

/** As DingTalk makes them. Others are not refused: it has promised no form. */
const TOKEN = /^[0-9a-f]{64}$/i;

const NO_ROBOT: SinkFault = {
  path: 'access_token',
  message: 'missing: expected url or access_token, or access_tokens for several robots of one group',
  hint: 'or url_file, access_token_file or access_tokens_file with the name of a file',
};

function bothFaults({ url, access_token, access_tokens }: RobotKeys): SinkFault[] {
  const faults: SinkFault[] = [];
  if (url !== null && access_token !== null) {
    const hint = 'remove one of the two: the address has its token in it';
    faults.push({ path: 'url', message: 'given together with access_token', hint });
  }
  if (access_tokens.length > 0 && (url !== null || access_token !== null)) {
    const one = access_token === null ? 'url' : 'access_token';
    const hint = `remove ${one}; its robot can be the first of access_tokens`;
    faults.push({ path: 'access_tokens', message: `given together with ${one}`, hint });
  }
  return faults;
}

function urlFaults(url: string, { endpoint }: RobotKeys): SinkFault[] {
  const path = 'url';
  const read = readWebhookUrl(url);
  if (!('endpoint' in read)) return [{ path, ...read }];
  if (endpoint === null || isSameBase(endpoint, read.endpoint)) return [];
  const hint = 'remove endpoint, or write access_token in place of url';
  return [{ path: 'endpoint', message: 'expected the address that url begins with, got another one', hint }];
}

function isSameBase(endpoint: string, base: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { origin, pathname } = new URL(endpoint);
  return `${origin}${withoutSlashes(pathname)}` === base;
}

function tokenFaults(path: string, tokens: readonly string[]): SinkFault[] {
  return tokens.flatMap((token, index): SinkFault[] => {
    const got = tokenProblem(token);
    if (got === undefined) return [];
    const which = path === 'access_tokens' ? `number ${index + 1}: ` : '';
    const whole =
      path === 'access_tokens' ? '' : '; a whole address belongs into url, its file into url_file';
    const hint = `write only what stands behind access_token= in the address${whole}`;
    return [{ path, message: `${which}expected an access token, got ${got}`, hint }];
  });
}

function secretTextFaults(path: string, secrets: readonly string[]): SinkFault[] {
  return secrets.flatMap((secret, index): SinkFault[] => {
    const got = credentialProblem(secret);
    if (got === undefined) return [];
    const which = path === 'secrets' ? `number ${index + 1}: ` : '';
    const hint = 'the secret is the text that begins with SEC on the robot\'s page, under "sign"';
    return [{ path, message: `${which}expected a robot's secret, got ${got}`, hint }];
  });
}

function secretFaultsOfOne({ secrets, url }: RobotKeys): SinkFault[] {
  if (secrets.length === 0) return [];
  const hint = `secret belongs to ${url === null ? 'access_token' : 'url'}`;
  return [{ path: 'secrets', message: 'given without access_tokens', hint }];
}

function poolFaults(tokens: readonly string[]): SinkFault[] {
  const path = 'access_tokens';
  const faults: SinkFault[] = [];
  if (tokens.length > MOST_ROBOTS) {
    faults.push({ path, message: `expected at most ${MOST_ROBOTS} robots, got ${tokens.length}` });
  }
  for (const [index, token] of tokens.entries()) {
    const first = tokens.indexOf(token);
    if (first === index) continue;
    faults.push({
      path,
      message: `number ${index + 1} is the same as number ${first + 1}`,
      hint: 'DingTalk counts by robot, so naming one twice allows no more messages',
    });
  }
  return faults;
}

function secretFaultsOfPool({ access_tokens, secret, secrets }: RobotKeys): SinkFault[] {
  const faults: SinkFault[] = [];
  if (secret !== '') {
    const hint = 'secrets has one for each of access_tokens, in the same order';
    faults.push({ path: 'secret', message: 'given together with access_tokens', hint });
  }
  if (secrets.length !== 0 && secrets.length !== access_tokens.length) {
    faults.push({
      path: 'secrets',
      message: `expected one for each of the ${access_tokens.length} access_tokens, got ${secrets.length}`,
      hint: 'in the same order; without secrets no message is signed',
    });
  }
  return faults;
}
