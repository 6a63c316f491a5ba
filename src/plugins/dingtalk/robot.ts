/**
 * Sends a sealed message: the only file of this plugin with I/O. One request, signed for this very attempt; what the answer means
 * is outcome.ts's. The address holds the access token and the signature, so it is never logged.
 */
import type { Host, Outcome, SealedMessage } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { renderBody } from './message.ts';
import { toOutcome } from './outcome.ts';
import { toQuery } from './sign.ts';

/** Where a robot's requests go, without the query: `endpoint`, a path prefix and a trailing slash allowed, and /robot/send. */
export function robotUrl(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  return `${origin}${pathname.replace(/\/+$/, '')}/robot/send`;
}

/** Sends one message once. Never rejects for anything that the network or DingTalk does. */
export function createSend(config: DingtalkConfig, host: Host) {
  const url = robotUrl(config.endpoint);
  const credential = { accessToken: config.access_token, secret: config.secret };
  return async function send(message: SealedMessage, signal: AbortSignal): Promise<Outcome> {
    const answer = await host.http.post({
      url: `${url}?${toQuery(credential, host.now())}`,
      body: renderBody(message),
      headers: { 'content-type': 'application/json; charset=utf-8' },
      signal,
    });
    return toOutcome(answer, [config.access_token, config.secret]);
  };
}
