/**
 * The signature that a robot with a secret asks for, verified as DingTalk does:
 * https://open.dingtalk.com/document/dingstart/customize-robot-security-settings. Written apart from the daemon's own signing, so
 * that a mistake there cannot hide here.
 */
import { createHmac } from 'node:crypto';

/** What is wrong with a signature. */
export type SignatureFault = 'timestamp' | 'sign';

/** How far the sender's clock may be from DingTalk's. */
export const TIMESTAMP_TOLERANCE_MS = 60 * 60 * 1000;

/** Base64 of HMAC-SHA256 over timestamp, line feed and secret, keyed with the secret; not yet encoded for a query. */
export function signatureOf(secret: string, timestamp: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`, 'utf8').digest('base64');
}

/**
 * Undefined if the query carries exactly one timestamp within an hour of `now` (milliseconds) and exactly one matching sign. A
 * sign that was encoded twice, or not at all, no longer matches after the query's own decoding.
 */
export function signatureFault(
  query: URLSearchParams,
  secret: string,
  now: number,
): SignatureFault | undefined {
  const [timestamp = '', ...moreTimestamps] = query.getAll('timestamp');
  const [sign = '', ...moreSigns] = query.getAll('sign');
  if (moreTimestamps.length > 0 || !/^\d{1,16}$/.test(timestamp)) return 'timestamp';
  if (Math.abs(Number(timestamp) - now) > TIMESTAMP_TOLERANCE_MS) return 'timestamp';
  return moreSigns.length === 0 && sign === signatureOf(secret, timestamp) ? undefined : 'sign';
}
