/**
 * What the simulator's own tests share: starting one for a test, and calling a robot with whatever is right or wrong about the call.
 */
import type { TestContext } from 'node:test';
import { type DingTalkSim, type DingTalkSimOptions, startDingTalkSim } from './server.ts';

/** A robot without security settings. */
export const OPS = { name: 'ops', token: 'ops-token' };

/** A link message that every robot without keywords accepts. */
export const LINK = {
  msgtype: 'link',
  link: {
    title: '[FIRING:1] DiskFull',
    text: 'node-7 /data 97 %',
    messageUrl: 'https://alerts.example.com/#/alerts',
  },
};

/** One call; what is left out is right for OPS. */
export interface TestCall {
  readonly method?: string;
  /** Everything behind the question mark. */
  readonly query?: string;
  /** Objects are sent as JSON. */
  readonly body?: string | Buffer | object;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface TestAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  readonly text: string;
}

/** Starts a simulator with OPS, unless told otherwise, that ends with the test. */
export async function simFor(
  t: TestContext,
  options: Partial<DingTalkSimOptions> = {},
): Promise<DingTalkSim> {
  const sim = await startDingTalkSim({ robots: [OPS], ...options });
  t.after(() => sim.close());
  return sim;
}

/** Calls /robot/send. Rejects if no whole answer comes. */
export async function callRobot({ url }: { readonly url: string }, call: TestCall = {}): Promise<TestAnswer> {
  const { method = 'POST', query = `access_token=${OPS.token}`, body = LINK, signal } = call;
  const { contentType = 'application/json; charset=utf-8' } = call;
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const answer = await fetch(`${url}/robot/send?${query}`, {
    method,
    // A Buffer without type becomes a body without Content-Type, as an empty string asks for.
    ...(method === 'GET' ? {} : { body: new Uint8Array(Buffer.from(bytes)) }),
    headers: contentType === '' ? {} : { 'content-type': contentType },
    redirect: 'manual',
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    location: answer.headers.get('location'),
    text: await answer.text(),
  };
}

/** Calls /robot/send and gives the errcode of the answer. */
export async function errcodeOfCall(sim: { readonly url: string }, call: TestCall = {}): Promise<unknown> {
  const { text } = await callRobot(sim, call);
  return JSON.parse(text).errcode;
}

/** LINK with an id, so that it is one message however often it is sent. */
export function linkWithId(msgUuid: string): object {
  return { ...LINK, msgUuid };
}
