/**
 * Faults in how a sink names its robots: one by `access_token`, or several of one group by `access_tokens`, each with its secret or all
 * without. Messages count and number what stands there and never repeat it: all of it is secret.
 */
import type { DingtalkConfig } from './config.ts';
import type { SinkFault } from './sink-fault.ts';

/** The keys that name robots. */
export type RobotKeys = Pick<DingtalkConfig, 'access_token' | 'access_tokens' | 'secret' | 'secrets'>;

/** Ten robots are 180 messages in 65 s, more than anybody reads; more tokens are likely to be a mistake. */
export const MOST_ROBOTS = 10;

/** All that is wrong with the keys together. Pure. */
export function robotFaults(keys: RobotKeys): SinkFault[] {
  const isPool = keys.access_tokens.length > 0;
  if (keys.access_token === null && !isPool) return [NO_ROBOT];
  if (!isPool) return secretFaultsOfOne(keys);
  return [
    ...(keys.access_token === null ? [] : [BOTH]),
    ...tokenFaults(keys.access_tokens),
    ...secretFaultsOfPool(keys),
  ];
}

const NO_ROBOT: SinkFault = {
  path: 'access_token',
  message: 'missing: expected access_token, or access_tokens for several robots of one group',
  hint: 'or access_token_file or access_tokens_file with the name of a file',
};

const BOTH: SinkFault = {
  path: 'access_tokens',
  message: 'given together with access_token',
  hint: 'remove access_token; its robot can be the first of access_tokens',
};

function secretFaultsOfOne({ secrets }: RobotKeys): SinkFault[] {
  if (secrets.length === 0) return [];
  return [
    { path: 'secrets', message: 'given without access_tokens', hint: 'secret belongs to access_token' },
  ];
}

function tokenFaults(tokens: readonly string[]): SinkFault[] {
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
