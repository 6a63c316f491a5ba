/**
 * The query of one request: access token and, for robots with the security setting "sign", timestamp and signature. Signed anew
 * for every attempt, because DingTalk's clock and the timestamp may differ by an hour at most; everything is encoded exactly
 * once. https://open.dingtalk.com/document/dingstart/customize-robot-security-settings (2026-07-22)
 */
import { createHmac } from 'node:crypto';

/** What identifies a robot. An empty secret means that its messages are not signed. */
export interface Credential {
  readonly accessToken: string;
  readonly secret: string;
}

/** Base64 of HMAC-SHA256 over `timestamp`, a line feed and the secret, keyed by the secret. Not yet encoded for a URL. */
export function sign(secret: string, timestampMs: number): string {
  return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

/** The query without the question mark, encoded. `timestampMs`: milliseconds since the Unix epoch, at the attempt. */
export function toQuery({ accessToken, secret }: Credential, timestampMs: number): string {
  const token = `access_token=${encodeURIComponent(accessToken)}`;
  if (secret === '') return token;
  return `${token}&timestamp=${timestampMs}&sign=${encodeURIComponent(sign(secret, timestampMs))}`;
}
