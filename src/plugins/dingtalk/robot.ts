/**
 * Sends a sealed message: the only file of this plugin with I/O. One request to the robot that the core has chosen, signed for this
 * very attempt; what the answer means is outcome.ts's. The address holds the access token and the signature, so it is never logged.
 */
import type { Host, Outcome, SealedMessage } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { renderBody } from './message.ts';
import { toOutcome } from './outcome.ts';
import { robotsOf } from './robots.ts';
import { toQuery } from './sign.ts';

/** Where a robot's requests go, without the query: `endpoint`, a path prefix and a trailing slash allowed, and /robot/send. */
export function robotUrl(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  let end = pathname.length;
  while (pathname[end - 1] === '/') end -= 1;
  return `${origin}${pathname.slice(0, end)}/robot/send`;
}

/** Sends one message once. Never rejects for anything that the network or DingTalk does. */
export function createSend(config: DingtalkConfig, host: Host) {
  const { endpoint, credentials: robots } = robotsOf(config);
  const url = robotUrl(endpoint);
  const secrets = robots.flatMap(({ accessToken, secret }) => [accessToken, secret]);
  return async function send(message: SealedMessage, signal: AbortSignal): Promise<Outcome> {
    const { via = 0 } = message;
    const robot = robots[via];
    if (robot === undefined) throw new RangeError(`there is no robot ${via} among ${robots.length}`);
    const answer = await host.http.post({
      url: `${url}?${toQuery(robot, host.now())}`,
      body: renderBody(message),
      headers: { 'content-type': 'application/json; charset=utf-8' },
      signal,
    });
    const outcome = toOutcome(answer, secrets);
    return robots.length === 1 ? outcome : withRobot(outcome, `robot ${via + 1} of ${robots.length}`);
  };
}

/** Who mends a pool must know which robot is meant. Trouble of the network is nobody's own. */
function withRobot(outcome: Outcome, robot: string): Outcome {
  const { kind } = outcome;
  if (kind !== 'blocked' && !(kind === 'throttled' && outcome.scope === 'credential')) return outcome;
  return { ...outcome, detail: `${robot}: ${outcome.detail}` };
}
