/** What a daemon can be asked over HTTP, good requests and bad ones, and what it answers. */
import assert from 'node:assert/strict';
import type { Scene } from './scene.ts';

/** The sinks with an attempt that has ended. */
export async function attemptsOf({ daemon }: Scene): Promise<ReadonlySet<string>> {
  const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
  const ended = metrics.matchAll(/^notifierd_attempts_total\{sink="([^"]+)",[^}]*\} [1-9]/gm);
  return new Set([...ended].map(([, sink = '']) => sink));
}

/** All that anybody can be answered, refusals above all. */
export async function askEverything({
  daemon,
  bearerToken,
  otherToken,
}: Scene): Promise<Readonly<Record<string, string>>> {
  const right = { authorization: `Bearer ${bearerToken}` };
  const basic = Buffer.from(`ops:${otherToken}`).toString('base64');
  const asks: Readonly<Record<string, { path: string; init?: RequestInit; status: number }>> = {
    metrics: { path: '/metrics', status: 200 },
    ready: { path: '/-/ready', status: 200 },
    healthy: { path: '/-/healthy', status: 200 },
    'no token': { path: '/', init: { method: 'POST' }, status: 401 },
    'another token': {
      path: '/',
      init: { method: 'POST', headers: { authorization: `Bearer ${otherToken}` } },
      status: 401,
    },
    'more than the token': {
      path: '/',
      init: { method: 'POST', headers: { authorization: `${right.authorization}x` } },
      status: 401,
    },
    'another scheme': {
      path: '/',
      init: { method: 'POST', headers: { authorization: `Basic ${basic}` } },
      status: 401,
    },
    'a body that is no JSON': { path: '/', init: { method: 'POST', headers: right, body: '{' }, status: 400 },
    'a body that is no webhook': {
      path: '/',
      init: { method: 'POST', headers: right, body: '{}' },
      status: 400,
    },
    'an unknown sink': {
      path: '/dingtalk/nobody/send',
      init: { method: 'POST', headers: right },
      status: 404,
    },
    'an unknown path': { path: '/nowhere', init: { method: 'POST', headers: right }, status: 404 },
    'the wrong method': { path: '/webhook/alertmanager', init: { headers: right }, status: 405 },
    'a token in the address': { path: `/metrics?token=${encodeURIComponent(otherToken)}`, status: 200 },
  };
  const answers = Object.entries(asks).map(async ([name, { path, init, status }]) => {
    const answer = await fetch(`${daemon.url}${path}`, init);
    assert.equal(answer.status, status, name);
    const headers = JSON.stringify([...answer.headers]);
    return [`the answer to ${name}`, `${headers}\n${await answer.text()}`] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}
