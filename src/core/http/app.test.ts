import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { PayloadError, UnavailableError } from '../errors.ts';
import type { Receipt } from '../intake/accept.ts';
import type { Arrival } from '../intake/incoming.ts';
import { createHttpApp, type HttpAppOptions } from './app.ts';
import { startHttpServer } from './server.ts';

const RECEIPT: Receipt = { notificationId: 'n-1', duplicate: false, received: 3, queued: 2, relisted: 1 };
const MAX_BODY = 64 * 1024;
/** Asks the server to say when it reads the body. */
const EXPECT = 'Expect: 100-continue';

describe('webhook paths', () => {
  const taken: { name: string; url: string; path: string; sink?: string; source?: string }[] = [
    { name: 'the root', url: '/', path: '/' },
    { name: 'the root with a slash', url: '//', path: '/' },
    { name: 'the root with many slashes', url: '////?token=a', path: '/' },
    {
      name: 'a slash too many before the named path',
      url: '//webhook/alertmanager',
      path: '/webhook/alertmanager',
    },
    {
      name: 'slashes too many inside the named path',
      url: '/webhook//alertmanager',
      path: '/webhook/alertmanager',
    },
    {
      name: 'slashes too many behind the named path',
      url: '/webhook/alertmanager///?a=//b',
      path: '/webhook/alertmanager',
    },
    {
      name: 'one sink with slashes too many everywhere',
      url: '//dingtalk///ops-group//send//',
      path: '/dingtalk/ops-group/send',
      sink: 'ops-group',
    },
    { name: 'the root with a query', url: '/?token=a', path: '/' },
    { name: 'the named path', url: '/webhook/alertmanager', path: '/webhook/alertmanager' },
    { name: 'the named path with a slash', url: '/webhook/alertmanager/', path: '/webhook/alertmanager' },
    {
      name: 'one sink',
      url: '/dingtalk/ops-group/send',
      path: '/dingtalk/ops-group/send',
      sink: 'ops-group',
    },
    {
      name: 'one sink with slash and query',
      url: '/dingtalk/log/send/?x=1',
      path: '/dingtalk/log/send',
      sink: 'log',
    },
    {
      name: 'an encoded sink',
      url: '/dingtalk/ops%2Dgroup/send',
      path: '/dingtalk/ops-group/send',
      sink: 'ops-group',
    },
    { name: 'a source', url: '/webhook/alertmanager/eu-1', path: '/webhook/alertmanager', source: 'eu-1' },
    {
      name: 'a source in any letters, and a slash',
      url: `/webhook/alertmanager/${encodeURIComponent('生产/一')}/`,
      path: '/webhook/alertmanager',
      source: '生产/一',
    },
    {
      name: 'one sink from a source',
      url: '/dingtalk/log/send/constructor?x=1',
      path: '/dingtalk/log/send',
      sink: 'log',
      source: 'constructor',
    },
    {
      name: 'a source of 100 characters',
      url: `/webhook/alertmanager/${encodeURIComponent('🔥'.repeat(100))}`,
      path: '/webhook/alertmanager',
      source: '🔥'.repeat(100),
    },
  ];
  for (const { name, url, ...expected } of taken) {
    it(`take a webhook at ${name}`, async (t) => {
      const edge = await start(t);
      const answer = await edge.post(url, 'payload');
      assert.equal(answer.status, 200);
      assert.deepEqual(JSON.parse(answer.body), {
        notification: 'n-1',
        duplicate: false,
        events: { received: 3, queued: 2, relisted: 1 },
      });
      const [{ bytes, isWanted, ...to } = { bytes: new Uint8Array(), isWanted: () => false }] = edge.accepted;
      assert.deepEqual(to, expected);
      assert.equal(Buffer.from(bytes).toString(), 'payload');
      assert.deepEqual(edge.codes, [200]);
    });
  }

  it('take a webhook whatever its Content-Type', async (t) => {
    const edge = await start(t);
    for (const type of [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'nonsense',
      undefined,
    ]) {
      assert.equal(
        (await edge.post('/', '{}', type === undefined ? {} : { 'Content-Type': type })).status,
        200,
      );
    }
  });

  it('refuse every other method with 405, and never redirect', async (t) => {
    const edge = await start(t);
    const urls = [
      '/',
      '/webhook/alertmanager',
      '/webhook/alertmanager/',
      '/dingtalk/log/send',
      '/dingtalk/nobody/send',
    ];
    for (const url of urls) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        const answer = await edge.ask(method, url);
        assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST'], `${method} ${url}`);
      }
    }
    assert.equal(edge.codes.length, urls.length * 7);
    assert.equal(edge.accepted.length, 0);
  });

  const refused: {
    name: string;
    url: string;
    headers?: Record<string, string>;
    status: number;
    says: RegExp;
  }[] = [
    {
      name: 'an unknown sink',
      url: '/dingtalk/nobody/send',
      status: 404,
      says: /"unknown_sink".*ops-group, log/,
    },
    {
      name: 'a source that is a novel',
      url: `/webhook/alertmanager/${'s'.repeat(101)}`,
      status: 404,
      says: /"source_too_long".*101 characters; expected at most 100/,
    },
    {
      name: 'a sink that no URL can name',
      url: '/dingtalk/%E0%A4%A/send',
      status: 404,
      says: /"unknown_sink"/,
    },
    {
      name: 'an inherited property as a sink',
      url: '/dingtalk/__proto__/send',
      status: 404,
      says: /"unknown_sink"/,
    },
    {
      name: 'an unknown path',
      url: '/webhook',
      status: 404,
      says: /"unknown_path".*POST \/webhook\/alertmanager/,
    },
    {
      name: 'where Prometheus posts to Alertmanagers',
      url: '/api/v2/alerts',
      status: 404,
      says: /"unknown_path".*no Alertmanager.*Prometheus sends to an Alertmanager/,
    },
    { name: 'an encoded slash', url: '/webhook%2Falertmanager', status: 404, says: /"unknown_path"/ },
    { name: 'another case', url: '/Webhook/Alertmanager', status: 404, says: /"unknown_path"/ },
    {
      name: 'a compressed body',
      url: '/',
      headers: { 'Content-Encoding': 'gzip' },
      status: 415,
      says: /gzip/,
    },
  ];
  for (const { name, url, headers, status, says } of refused) {
    it(`refuse ${name} in one line of JSON`, async (t) => {
      const edge = await start(t);
      const answer = await edge.post(url, '{}', headers);
      assert.equal(answer.status, status);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
      assert.match(answer.body, says);
      assert.deepEqual(Object.keys(JSON.parse(answer.body)), ['code', 'message', 'faults']);
      assert.ok(!answer.body.includes('\n'));
      assert.deepEqual(edge.codes, [status]);
      assert.equal(edge.accepted.length, 0);
    });
  }
});

describe('trouble while a webhook is accepted', () => {
  const fault = { path: 'alerts[0].labels', message: 'expected an object, got 3' };
  const rows: { name: string; error: Error; status: number; code: string; faults: object[] }[] = [
    {
      name: 'a bad payload',
      error: new PayloadError('payload_invalid', 'bad', [fault]),
      status: 400,
      code: 'payload_invalid',
      faults: [fault],
    },
    {
      name: 'a payload too large',
      error: new PayloadError('too_many', 'bad', [], 413),
      status: 413,
      code: 'too_many',
      faults: [],
    },
    {
      name: 'an outbox that cannot commit',
      error: new UnavailableError('stopping', 'stopping'),
      status: 503,
      code: 'stopping',
      faults: [],
    },
    { name: 'a bug', error: new TypeError('token=leak'), status: 500, code: 'internal', faults: [] },
  ];
  for (const { name, error, status, code, faults } of rows) {
    it(`answers ${status} for ${name}`, async (t) => {
      const edge = await start(t, { accept: () => Promise.reject(error) });
      const answer = await edge.post('/', '{}');
      assert.equal(answer.status, status);
      assert.deepEqual([JSON.parse(answer.body).code, JSON.parse(answer.body).faults], [code, faults]);
      assert.ok(!answer.body.includes('leak'));
      assert.deepEqual(edge.codes, [status]);
    });
  }

  it('logs a bug with its error, a repeated refusal once, and nothing of the body', async (t) => {
    let error: Error = new PayloadError('payload_invalid', 'version must be "4"');
    const edge = await start(t, { accept: () => Promise.reject(error) });
    for (let i = 0; i < 3; i += 1) await edge.post('/', 'the body');
    error = new TypeError('x is not a function');
    await edge.post('/', 'the body');
    assert.deepEqual(
      edge.logged.map(({ level, text }) => `${level} ${text}`),
      ['warn request refused', 'debug request refused', 'debug request refused', 'error request failed'],
    );
    assert.equal(edge.logged[3]?.fields?.error, error);
    assert.ok(!JSON.stringify(edge.logged).includes('the body'));
  });
});

describe('bodies', () => {
  it('of exactly the limit pass, chunked or not', async (t) => {
    const edge = await start(t);
    assert.equal((await edge.post('/', 'x'.repeat(MAX_BODY))).status, 200);
    assert.match(
      await edge.raw(`${chunkedHead()}${chunk(MAX_BODY - 5)}${chunk(5)}0\r\n\r\n`),
      /^HTTP\/1\.1 200 /,
    );
    assert.equal(edge.accepted[1]?.bytes.length, MAX_BODY);
  });

  const tooLarge: { name: string; send: string }[] = [
    { name: 'announced and sent whole', send: `${head(3 * MAX_BODY)}${'x'.repeat(3 * MAX_BODY)}` },
    { name: 'announced and not sent yet', send: head(3 * MAX_BODY) },
    { name: 'announced beyond what is drained', send: `${head(1e12)}${'x'.repeat(8 * MAX_BODY)}` },
    { name: 'chunked', send: `${chunkedHead()}${chunk(MAX_BODY + 1)}${chunk(9)}0\r\n\r\n` },
    { name: 'chunked without end', send: `${chunkedHead()}${chunk(MAX_BODY).repeat(9)}` },
    {
      name: 'sent on a connection to be closed',
      send: `${head(3 * MAX_BODY, 'Connection: close')}${'x'.repeat(3 * MAX_BODY)}`,
    },
  ];
  for (const { name, send } of tooLarge) {
    it(`too large, ${name}, get their 413 and are not accepted`, async (t) => {
      const edge = await start(t);
      const answer = await edge.raw(send);
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.match(answer, /"body_too_large".*65536 bytes.*\}$/);
      assert.deepEqual([edge.codes, edge.accepted.length], [[413], 0]);
    });
  }

  it('too large may be sent to their end after the answer, and the connection ends in order', async (t) => {
    const edge = await start(t);
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(head(3 * MAX_BODY, 'Connection: close'));
    await once(socket, 'data');
    for (let i = 0; i < 3; i += 1) {
      await new Promise<void>((sent) => socket.write('x'.repeat(MAX_BODY), () => setImmediate(sent)));
    }
    // Rejects if the server resets the connection over what it has not read.
    await once(socket, 'end');
  });

  it('too large and without end are cut off', async (t) => {
    const edge = await start(t);
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    let open = true;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open = false;
    });
    socket.write(chunkedHead());
    socket.resume();
    while (open) await new Promise<void>((sent) => socket.write(chunk(MAX_BODY), () => setImmediate(sent)));
    assert.deepEqual(edge.codes, [413]);
  });

  it('that come slowly are accepted once whole', async (t) => {
    const edge = await start(t);
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    for (const piece of [head(6), 'ab', 'cd', 'ef']) {
      await new Promise<void>((sent) => socket.write(piece, () => setImmediate(sent)));
    }
    await new Promise((came) => socket.once('data', came));
    assert.equal(Buffer.from(edge.accepted[0]?.bytes ?? []).toString(), 'abcdef');
  });

  const cutOff: { name: string; send: string; leave: (socket: Socket) => void }[] = [
    { name: 'with a length', send: head(10, EXPECT), leave: (socket) => socket.resetAndDestroy() },
    { name: 'chunked', send: chunkedHead(EXPECT), leave: (socket) => socket.resetAndDestroy() },
    { name: 'by an orderly end', send: head(10, EXPECT), leave: (socket) => socket.end() },
  ];
  for (const { name, send, leave } of cutOff) {
    it(`cut off by their sender, ${name}, are neither accepted, answered nor counted`, async (t) => {
      const edge = await start(t);
      const socket = connect(edge.port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.write(send);
      const [interim] = await once(socket, 'data');
      assert.match(String(interim), /^HTTP\/1\.1 100 Continue/);
      const after: unknown[] = [];
      socket.on('data', (piece) => after.push(piece));
      await new Promise<void>((sent) =>
        socket.write(send.includes('chunked') ? chunk(5) : '12345', () => sent()),
      );
      leave(socket);
      await once(socket, 'close');
      await edge.stop();
      assert.deepEqual([edge.accepted.length, edge.codes, after.length], [0, [], 0]);
      assert.ok(edge.logged.every(({ level }) => level === 'debug'));
    });
  }

  it('whose sender left right behind its end are not accepted', async (t) => {
    const edge = await start(t);
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    // What a daemon finds that was paused: the whole webhook, and behind it the end of the connection.
    socket.resume().end(`${head(5)}12345`);
    await once(socket, 'close');
    await edge.stop();
    assert.deepEqual([edge.accepted.length, edge.codes], [0, []]);
  });

  it('say so once their sender has left', async (t) => {
    const edge = await start(t, { accept: (arrival) => new Promise(() => arrivals.push(arrival)) });
    const arrivals: Arrival[] = [];
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(`${head(5)}12345`);
    await eventually('it is accepted', () => arrivals.length === 1);
    assert.equal(arrivals[0]?.isWanted(), true);
    socket.end();
    await eventually('its sender is missed', () => arrivals[0]?.isWanted() === false);
  });

  it('are counted by what came: eight that announce the limit and send nothing refuse nobody', async (t) => {
    const edge = await start(t);
    const silent = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = connect(edge.port, '127.0.0.1');
        t.after(() => socket.destroy());
        socket.write(head(MAX_BODY, EXPECT));
        await once(socket, 'data');
        return socket;
      }),
    );
    assert.equal((await edge.post('/', 'x'.repeat(MAX_BODY))).status, 200);
    for (const socket of silent) socket.destroy();
  });

  it('that are too slow get 503, which Alertmanager tries again, and their connection ends', async (t) => {
    const slow: (() => void)[] = [];
    const after = (_: number, act: () => void) => {
      slow.push(act);
      return () => undefined;
    };
    let time = 0;
    const edge = await start(t, { clock: { elapsed: () => time, after } });
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    let text = '';
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.write(head(MAX_BODY, EXPECT));
    await once(socket, 'data');
    time = 60_000;
    slow[0]?.();
    await once(socket, 'data');
    // The time for what is sent after the answer is over as well.
    slow[1]?.();
    await once(socket, 'end');
    assert.match(text, /HTTP\/1\.1 503 [\s\S]*Connection: close[\s\S]*"body_slow"/i);
    assert.deepEqual(edge.codes, [503]);
  });

  it('in one connection, sent without waiting for answers, are answered in their order', async (t) => {
    const edge = await start(t);
    const socket = connect(edge.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(`${head(1)}a${head(2)}bb${chunkedHead('Connection: close')}${chunk(3)}0\r\n\r\n`);
    let text = '';
    for await (const piece of socket) text += piece;
    assert.equal(text.match(/HTTP\/1\.1 200 /g)?.length, 3);
    assert.deepEqual(
      edge.accepted.map(({ bytes }) => bytes.length),
      [1, 2, 3],
    );
  });

  it('beyond the bound of all bodies together get 503, and room again when others have ended', async (t) => {
    const gate = Promise.withResolvers<Receipt>();
    const full = Promise.withResolvers<void>();
    let waiting = 0;
    const edge = await start(t, {
      accept: () => {
        waiting += 1;
        if (waiting === 8) full.resolve();
        return gate.promise;
      },
    });
    const under = Array.from({ length: 8 }, () => edge.post('/', 'x'.repeat(MAX_BODY)));
    await full.promise;
    const answer = await edge.post('/', 'x');
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [503, 'busy']);
    gate.resolve(RECEIPT);
    assert.deepEqual(new Set((await Promise.all(under)).map(({ status }) => status)), new Set([200]));
    assert.equal((await edge.post('/', 'x')).status, 200);
  });
});

describe('authentication', () => {
  const auth = { bearerToken: 'tök en', username: 'am', password: 'p:w' };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const rows: { name: string; authorization?: string; status: number }[] = [
    { name: 'nothing', status: 401 },
    {
      name: 'the bearer token',
      authorization: `Bearer ${Buffer.from('tök en').toString('latin1')}`,
      status: 200,
    },
    {
      name: 'the scheme in lower case',
      authorization: basic('am:p:w').replace('Basic', 'basic'),
      status: 200,
    },
    { name: 'the user and password', authorization: basic('am:p:w'), status: 200 },
    {
      name: 'blanks around the credentials',
      authorization: `Basic   ${basic('am:p:w').slice(6)}  `,
      status: 200,
    },
    { name: 'a scheme alone', authorization: 'Bearer', status: 401 },
    { name: 'a wrong token', authorization: 'Bearer token', status: 401 },
    { name: 'a wrong password', authorization: basic('am:p'), status: 401 },
    { name: 'the token in the wrong scheme', authorization: 'Basic token', status: 401 },
    { name: 'an empty header', authorization: ' ', status: 401 },
  ];
  for (const { name, authorization, status } of rows) {
    it(`answers ${status} to ${name}`, async (t) => {
      const edge = await start(t, { auth });
      const answer = await edge.post(
        '/dingtalk/log/send',
        '{}',
        authorization === undefined ? {} : { authorization },
      );
      assert.equal(answer.status, status);
      assert.deepEqual([edge.accepted.length, edge.codes], [status === 200 ? 1 : 0, [status]]);
      if (status === 401)
        assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer realm=.*, Basic realm=/);
    });
  }

  it('takes a token whose last byte looks like a blank', async (t) => {
    const edge = await start(t, { auth: { bearerToken: 'voilà' } });
    const authorization = `Bearer ${Buffer.from('voilà').toString('latin1')}`;
    assert.equal((await edge.post('/', '{}', { authorization })).status, 200);
  });

  it('is asked of webhooks only, and unknown sinks are not told apart without it', async (t) => {
    const edge = await start(t, { auth });
    assert.equal((await edge.ask('GET', '/-/healthy')).status, 200);
    assert.equal((await edge.ask('GET', '/metrics')).status, 200);
    assert.equal((await edge.post('/dingtalk/nobody/send', '{}')).status, 401);
  });
});

describe('lifecycle and metrics', () => {
  it('says healthy, ready and the metrics to GET and HEAD, uncounted', async (t) => {
    const edge = await start(t);
    for (const [url, body] of [
      ['/-/healthy', 'OK\n'],
      ['/-/ready', 'ready\n'],
      ['/metrics', 'metric 1\n'],
    ] as const) {
      const got = await edge.ask('GET', url);
      assert.deepEqual([got.status, got.body], [200, body]);
      assert.match(got.headers['content-type'] ?? '', /^text\/plain/);
      assert.deepEqual(await edge.ask('HEAD', url).then(({ status, body }) => [status, body]), [200, '']);
      const post = await edge.post(url, '{}');
      assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
    }
    assert.deepEqual(edge.codes, []);
  });

  it('says 503 and what it waits for while not ready, and stays healthy', async (t) => {
    const edge = await start(t, { ready: async () => ({ ready: false, detail: ['outbox: opening'] }) });
    const answer = await edge.ask('GET', '/-/ready');
    assert.deepEqual([answer.status, answer.body], [503, 'not ready\noutbox: opening\n']);
    assert.equal((await edge.ask('GET', '/-/healthy')).status, 200);
  });
});

interface Edge {
  readonly port: number;
  readonly accepted: Arrival[];
  readonly codes: number[];
  readonly logged: { level: string; text: string; fields?: Readonly<Record<string, unknown>> | undefined }[];
  ask(method: string, url: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, body: string, headers?: Record<string, string>): Promise<Answer>;
  /** Everything that comes back until the answer is whole. */
  raw(bytes: string): Promise<string>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

async function start(t: TestContext, options: Partial<HttpAppOptions> = {}): Promise<Edge> {
  const accepted: Arrival[] = [];
  const codes: number[] = [];
  const logged: Edge['logged'] = [];
  const level = (name: string) => (text: string, fields?: Readonly<Record<string, unknown>>) => {
    logged.push({ level: name, text, fields });
  };
  const app = createHttpApp({
    accept: async (request) => {
      accepted.push(request);
      return RECEIPT;
    },
    ready: async () => ({ ready: true, detail: [] }),
    metrics: {
      webhookAnswered: (code) => codes.push(code),
      expose: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'metric 1\n' }),
    },
    sinks: ['ops-group', 'log'],
    maxBodyBytes: MAX_BODY,
    log: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') },
    ...options,
  });
  const server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
  t.after(() => server.stop(0));
  const ask: Edge['ask'] = (method, url, body = '', headers = {}) =>
    askOnce(server.port, { method, url, body, headers });
  return {
    port: server.port,
    accepted,
    codes,
    logged,
    ask,
    post: (url, body, headers) => ask('POST', url, body, headers),
    raw: (bytes) => sendRaw(t, server.port, bytes),
    stop: () => server.stop(1000),
  };
}

function askOnce(
  port: number,
  {
    method,
    url,
    body,
    headers,
  }: { method: string; url: string; body: string; headers: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', method, path: url, headers, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (piece: string) => {
          text += piece;
        });
        answer.on('end', () => {
          const plain = Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, value?.toString()]),
          );
          resolve({ status: answer.statusCode ?? 0, headers: plain, body: text });
        });
      },
    );
    request.on('error', reject);
    // As bytes: Node would encode the head together with a body of text.
    request.end(Buffer.from(body));
  });
}

function sendRaw(t: TestContext, port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString();
      const length = /Content-Length: (\d+)/i.exec(text)?.[1];
      const body = text.split('\r\n\r\n')[1];
      if (body !== undefined && body.length === Number(length)) resolve(text);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed before the answer was whole: ${text}`)));
    socket.write(bytes);
  });
}

function head(length: number, extra = 'X-Extra: 1'): string {
  return `POST / HTTP/1.1\r\nHost: x\r\n${extra}\r\nContent-Length: ${length}\r\n\r\n`;
}

function chunkedHead(extra = 'X-Extra: 1'): string {
  return `POST / HTTP/1.1\r\nHost: x\r\n${extra}\r\nTransfer-Encoding: chunked\r\n\r\n`;
}

function chunk(length: number): string {
  return `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`;
}
