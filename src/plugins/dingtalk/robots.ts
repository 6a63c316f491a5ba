/** Which robots a sink has and where they live, from the keys that name them. robot-faults.ts has found them sound. Pure. */
import { CHINA_ENDPOINT, type DingtalkConfig } from './config.ts';
import type { Credential } from './sign.ts';
import { readWebhookUrl } from './webhook-url.ts';

/** The keys that name robots. */
export type RobotKeys = Pick<
  DingtalkConfig,
  'endpoint' | 'url' | 'access_token' | 'access_tokens' | 'secret' | 'secrets'
>;

/** The robots of one sink. */
export interface Robots {
  /** The base address, without /robot/send. */
  readonly endpoint: string;
  /** In the order of the configuration: one, or a pool. A message's `via` counts them from 0. */
  readonly credentials: readonly Credential[];
}

/** The robots that sound keys name. */
export function robotsOf({ endpoint, url, access_token, access_tokens, secret, secrets }: RobotKeys): Robots {
  const address = url === null ? undefined : readWebhookUrl(url);
  if (address !== undefined && 'endpoint' in address) {
    return { endpoint: address.endpoint, credentials: [{ accessToken: address.accessToken, secret }] };
  }
  const credentials =
    access_token === null
      ? access_tokens.map((accessToken, index) => ({ accessToken, secret: secrets[index] ?? '' }))
      : [{ accessToken: access_token, secret }];
  return { endpoint: endpoint ?? CHINA_ENDPOINT, credentials };
}
