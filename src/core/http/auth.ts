/**
 * Who may post webhooks: anybody, unless the configuration names a bearer token or a user with a password. Alertmanager cannot
 * sign a body, so the connection is what is checked
 * (https://prometheus.io/docs/alerting/latest/configuration/#http_config).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Next } from 'koa';
import { HttpProblem } from './problem.ts';

/** Accepted credentials; with both kinds, either is enough. An empty object lets everybody in. */
export interface Auth {
  readonly bearerToken?: string;
  readonly username?: string;
  readonly password?: string;
}

/** A middleware that answers 401 to requests without the right credentials. Its time does not tell how much of them was right. */
export function createAuthCheck(auth: Auth): (ctx: Context, next: Next) => Promise<void> {
  const accepted = acceptedDigests(auth);
  const challenge = challengeOf(auth);
  return async function checkAuth(ctx, next) {
    if (accepted.length > 0 && !isAccepted(ctx.get('Authorization'), accepted)) {
      const came = ctx.get('Authorization') === '' ? 'no credentials came' : 'the credentials are wrong';
      throw new HttpProblem('unauthorized', `${came}; see http_config of Alertmanager`, {
        'WWW-Authenticate': challenge,
      });
    }
    await next();
  };
}

function acceptedDigests({ bearerToken, username, password }: Auth): readonly Buffer[] {
  const bearer = bearerToken === undefined ? [] : [`bearer ${bearerToken}`];
  const basic =
    username === undefined && password === undefined
      ? []
      : [`basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`];
  return [...bearer, ...basic].map((each) => digest(Buffer.from(each)));
}

function challengeOf({ bearerToken, username, password }: Auth): string {
  const bearer = bearerToken === undefined ? [] : ['Bearer realm="notifierd"'];
  const basic =
    username === undefined && password === undefined ? [] : ['Basic realm="notifierd", charset="UTF-8"'];
  return [...bearer, ...basic].join(', ');
}

function isAccepted(header: string, accepted: readonly Buffer[]): boolean {
  const [scheme, credentials] = splitHeader(header);
  // Node reads header bytes as Latin-1; a token in UTF-8 has to become its bytes again.
  const given = digest(Buffer.from(`${scheme.toLowerCase()} ${credentials}`, 'latin1'));
  // Every digest is compared, found or not, so that time does not tell which one it was.
  return accepted.map((each) => timingSafeEqual(each, given)).includes(true);
}

/**
 * Without a regular expression: one that allows blanks at three places took half a second for a header of 16 kB. Blanks only, not what trim()
 * takes: in Latin-1 the last byte of a token in UTF-8 may look like another kind of white space.
 */
function splitHeader(header: string): readonly [scheme: string, credentials: string] {
  let end = header.length;
  while (header[end - 1] === ' ') end -= 1;
  const schemeEnd = header.indexOf(' ');
  if (schemeEnd === -1 || schemeEnd >= end) return ['', ''];
  let start = schemeEnd;
  while (header[start] === ' ') start += 1;
  return [header.slice(0, schemeEnd), header.slice(start, end)];
}

/** Equal lengths, so that they can be compared in constant time. */
function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
