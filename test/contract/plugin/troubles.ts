/** What can come back when a message is sent: answers of every status that a channel, a gateway or a proxy gives, and worse. */

/** A whole answer. */
export interface WholeAnswer {
  readonly name: string;
  readonly kind: 'answer';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `echo`: the request, address and headers included, as some gateways repeat it in their error pages. */
  readonly body?: string | 'echo';
}

/** Anything but a whole answer. */
export interface Loss {
  readonly name: string;
  readonly kind: 'reset_unread' | 'reset_after_reading' | 'closes_mid_answer' | 'huge_answer' | 'no_answer';
}

/** One kind of trouble. */
export type Trouble = WholeAnswer | Loss;

/** Where a redirect leads: to the same server, so that following it shows. */
export const ELSEWHERE = '/elsewhere';

const HTML = '<!doctype html><title>502</title><h1>Bad gateway</h1>';
const html = { 'content-type': 'text/html; charset=utf-8' };
const json = { 'content-type': 'application/json' };

/** A 429 that says how long to wait, and how long that is. */
export const WAIT_ASKED_MS = 7000;

/** The whole answers. */
export const ANSWERS: readonly WholeAnswer[] = [
  answer('200 with an empty JSON object', 200, { headers: json, body: '{}' }),
  answer('200 with JSON that is no object', 200, { headers: json, body: 'null' }),
  answer('200 with half of a JSON object', 200, { headers: json, body: '{"errcode":' }),
  answer('200 with HTML', 200, { headers: html, body: HTML }),
  answer('200 that repeats the request', 200, { headers: json, body: 'echo' }),
  answer('200 without a body', 200),
  answer('204', 204),
  answer('301 to elsewhere', 301, { headers: { location: ELSEWHERE } }),
  answer('302 to elsewhere', 302, { headers: { location: ELSEWHERE } }),
  answer('307 to elsewhere', 307, { headers: { location: ELSEWHERE } }),
  ...[400, 401, 403, 404, 407, 408, 413, 418].map((status) =>
    answer(`${status} with HTML`, status, { headers: html, body: HTML }),
  ),
  answer('400 that repeats the request', 400, { headers: json, body: 'echo' }),
  answer('429 that says how long to wait', 429, { headers: { 'retry-after': `${WAIT_ASKED_MS / 1000}` } }),
  answer('429 that asks for thirty years', 429, { headers: { 'retry-after': '946080000' } }),
  answer('429 with a wait that cannot be read', 429, { headers: { 'retry-after': 'soon' } }),
  answer('429 that says nothing', 429, { body: 'slow down' }),
  ...[500, 502, 503, 504, 599].map((status) =>
    answer(`${status} with HTML`, status, { headers: html, body: HTML }),
  ),
];

/** The request has been read, and nobody can know what became of it. */
export const LOST_ANSWERS: readonly Loss[] = [
  { name: 'a reset after the request was read', kind: 'reset_after_reading' },
  { name: 'an answer that ends in the middle', kind: 'closes_mid_answer' },
  { name: 'an answer without end', kind: 'huge_answer' },
];

/** The connection ends before anybody reads. */
export const RESET_UNREAD: Loss = { name: 'a reset before the request was read', kind: 'reset_unread' };

/** The request is read, and that is all. */
export const NO_ANSWER: Loss = { name: 'no answer at all', kind: 'no_answer' };

function answer(name: string, status: number, more: Pick<WholeAnswer, 'headers' | 'body'> = {}): WholeAnswer {
  return { name: `HTTP ${name}`, kind: 'answer', status, ...more };
}
