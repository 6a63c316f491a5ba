import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import type { Host, HttpClient } from '../../core/plugin/contract.ts';
import { createSend, robotUrl } from './robot.ts';
import { sign } from './sign.ts';
import { aConfig } from './testdata/events.ts';

const MESSAGE = {
  id: '2f1c9a3e-6a53-4d0c-9d55-0f7e2a9b8c11',
  form: 'link',
  body: '{"msgtype":"link","link":{"title":"警"}}',
};

interface Seen {
  readonly method: string | undefined;
  readonly url: URL;
  readonly contentType: string | undefined;
  readonly body: string;
}

let seen: Seen[] = [];
let reply = '';
let port = 0;

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  seen.push({
    method: request.method,
    url,
    contentType: request.headers['content-type'],
    body: await textOf(request),
  });
  response.setHeader('content-type', 'application/json');
  response.end(reply);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

after(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  seen = [];
  reply = '{"errcode":0,"errmsg":"ok"}';
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A plain client over real sockets: what the core lends, without proxies and time-outs. */
const client: HttpClient = {
  async post({ url, body, headers, signal }) {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...headers, connection: 'close' },
      signal,
    });
    return {
      kind: 'answer',
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    };
  },
};

function hostAt(times: number[]): Host {
  const log = { debug: assert.fail, info: assert.fail, warn: assert.fail, error: assert.fail };
  return { sink: 'ops', log, http: client, now: () => times.shift() ?? assert.fail() };
}

test('sends one POST with the rendered body as UTF-8 JSON', async () => {
  const send = createSend(aConfig({ endpoint: `http://127.0.0.1:${port}` }), hostAt([1]));
  assert.deepEqual(await send(MESSAGE, AbortSignal.timeout(5000)), { kind: 'delivered' });
  assert.equal(seen.length, 1);
  assert.equal(seen[0]?.method, 'POST');
  assert.equal(seen[0]?.url.pathname, '/robot/send');
  assert.equal(seen[0]?.url.search, '?access_token=made-up-token');
  assert.equal(seen[0]?.contentType, 'application/json; charset=utf-8');
  assert.equal(seen[0]?.body, `{"msgtype":"link","msgUuid":"${MESSAGE.id}","link":{"title":"警"}}`);
});

test('signs every attempt at its own time and never lets the address grow', async () => {
  const secret = 'SECmade-up';
  const send = createSend(
    aConfig({ endpoint: `http://127.0.0.1:${port}/`, secret }),
    hostAt([1700000000000, 1700000000002]),
  );
  await send(MESSAGE, AbortSignal.timeout(5000));
  await send(MESSAGE, AbortSignal.timeout(5000));
  const queries = seen.map(({ url }) => Object.fromEntries(url.searchParams));
  assert.deepEqual(
    queries,
    [1700000000000, 1700000000002].map((at) => ({
      access_token: 'made-up-token',
      timestamp: `${at}`,
      sign: sign(secret, at),
    })),
  );
});

test('does not repeat the token when DingTalk does', async () => {
  reply = '{"errcode":300005,"errmsg":"token made-up-token is not exist"}';
  const send = createSend(aConfig({ endpoint: `http://127.0.0.1:${port}` }), hostAt([1]));
  const outcome = await send(MESSAGE, AbortSignal.timeout(5000));
  assert.equal(outcome.kind, 'blocked');
  assert.doesNotMatch(JSON.stringify(outcome), /made-up-token|127\.0\.0\.1/);
});

const POOL = { access_token: null, access_tokens: ['token-a', 'token-b'], secrets: ['SECaa', 'SECbb'] };

test('sends under the robot that the core has chosen, signed with its own secret', async () => {
  const send = createSend(aConfig({ endpoint: `http://127.0.0.1:${port}`, ...POOL }), hostAt([1, 2, 3]));
  for (const via of [{ via: 1 }, { via: 0 }, {}]) {
    assert.deepEqual(await send({ ...MESSAGE, ...via }, AbortSignal.timeout(5000)), { kind: 'delivered' });
  }
  assert.deepEqual(
    seen.map(({ url }) => [url.searchParams.get('access_token'), url.searchParams.get('sign')]),
    [
      ['token-b', sign('SECbb', 1)],
      ['token-a', sign('SECaa', 2)],
      ['token-a', sign('SECaa', 3)],
    ],
  );
  // The robot does not change what is sent.
  assert.equal(new Set(seen.map(({ body }) => body)).size, 1);
});

test('signs nothing for a pool without secrets', async () => {
  const send = createSend(
    aConfig({ endpoint: `http://127.0.0.1:${port}`, ...POOL, secrets: [] }),
    hostAt([1]),
  );
  await send({ ...MESSAGE, via: 1 }, AbortSignal.timeout(5000));
  assert.equal(seen[0]?.url.search, '?access_token=token-b');
});

test('says which robot of a pool was refused, and repeats no token or secret of any', async () => {
  reply = '{"errcode":300005,"errmsg":"token-b, not token-a, SECaa, SECbb"}';
  const send = createSend(aConfig({ endpoint: `http://127.0.0.1:${port}`, ...POOL }), hostAt([1]));
  const outcome = await send({ ...MESSAGE, via: 1 }, AbortSignal.timeout(5000));
  assert.ok(outcome.kind === 'blocked');
  assert.match(outcome.detail, /^robot 2 of 2: errcode 300005, /);
  assert.doesNotMatch(JSON.stringify(outcome), /token-[ab]|SECaa|SECbb/);
});

test('does not name a robot for what concerns all of them', async () => {
  reply = '{"status":1111}';
  const send = createSend(aConfig({ endpoint: `http://127.0.0.1:${port}`, ...POOL }), hostAt([1]));
  const outcome = await send({ ...MESSAGE, via: 1 }, AbortSignal.timeout(5000));
  assert.ok(outcome.kind === 'throttled');
  assert.doesNotMatch(outcome.detail, /robot/);
});

test('takes a robot that there is not for a bug', async () => {
  const send = createSend(aConfig({ endpoint: `http://127.0.0.1:${port}`, ...POOL }), hostAt([]));
  await assert.rejects(send({ ...MESSAGE, via: 2 }, AbortSignal.timeout(5000)), {
    message: 'there is no robot 2 among 2',
  });
});

const ENDPOINTS = [
  { name: 'a host', endpoint: 'https://oapi.dingtalk.com', expected: 'https://oapi.dingtalk.com/robot/send' },
  {
    name: 'a trailing slash',
    endpoint: 'https://oapi.dingtalk.io/',
    expected: 'https://oapi.dingtalk.io/robot/send',
  },
  {
    name: 'a path prefix',
    endpoint: 'http://p.example.com:81/ding',
    expected: 'http://p.example.com:81/ding/robot/send',
  },
  {
    name: 'a prefix and slashes',
    endpoint: 'http://p.example.com/a/b//',
    expected: 'http://p.example.com/a/b/robot/send',
  },
];

for (const { name, endpoint, expected } of ENDPOINTS) {
  test(`adds /robot/send to ${name}`, () => assert.equal(robotUrl(endpoint), expected));
}
