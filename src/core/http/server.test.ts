import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import Koa from 'koa';
import { NotifierdError } from '../errors.ts';
import { startHttpServer } from './server.ts';

describe('startHttpServer', () => {
  it('listens on a port that the system chooses, and says where', async (t) => {
    const server = await startHttpServer(greeter(), { host: '127.0.0.1', port: 0 });
    t.after(() => server.stop(0));
    assert.equal(server.url, `http://127.0.0.1:${server.port}`);
    assert.equal(await (await fetch(server.url, { headers: { connection: 'close' } })).text(), 'hello');
  });

  it('gives an address that can be opened when it listens on all', async (t) => {
    const server = await startHttpServer(greeter(), { host: '0.0.0.0', port: 0 });
    t.after(() => server.stop(0));
    assert.equal(server.url, `http://127.0.0.1:${server.port}`);
  });

  it('says in plain words that the port is taken', async (t) => {
    const first = await startHttpServer(greeter(), { host: '127.0.0.1', port: 0 });
    t.after(() => first.stop(0));
    await assert.rejects(startHttpServer(greeter(), { host: '127.0.0.1', port: first.port }), (error) => {
      assert.ok(error instanceof NotifierdError);
      assert.equal(error.code, 'listen_failed');
      assert.equal(
        error.message,
        `cannot listen on 127.0.0.1:${first.port}: something else listens there (EADDRINUSE)`,
      );
      assert.match(error.hint ?? '', /http\.port/);
      return true;
    });
  });

  it('says in plain words that the address is not of this machine', async () => {
    const elsewhere = startHttpServer(greeter(), { host: '192.0.2.1', port: 0 });
    await assert.rejects(elsewhere, { code: 'listen_failed', hint: /http\.host/ });
  });

  const broken: { name: string; send: string; answer: RegExp }[] = [
    { name: 'what is not HTTP', send: 'nonsense\r\n\r\n', answer: /^HTTP\/1\.1 400 / },
    {
      name: 'a head that is too large',
      send: `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`,
      answer: /^HTTP\/1\.1 431 /,
    },
  ];
  for (const { name, send, answer } of broken) {
    it(`refuses ${name} and closes`, async (t) => {
      const server = await startHttpServer(greeter(), { host: '127.0.0.1', port: 0 });
      t.after(() => server.stop(0));
      const socket = connect(server.port, '127.0.0.1');
      socket.write(send);
      let text = '';
      for await (const piece of socket) text += piece;
      assert.match(text, answer);
    });
  }
});

describe('too many connections', () => {
  it('the one that has been silent for longest makes room, and requests under way stay', async (t) => {
    const { app, began, gate } = gated();
    const server = await startHttpServer(app, { host: '127.0.0.1', port: 0, mostConnections: 3 });
    t.after(() => server.stop(0));
    const answer = get(server.port, false);
    await began;
    const silent = await Promise.all([opened(t, server.port), opened(t, server.port)]);
    const [first] = silent;
    const left = once(first, 'close');
    const last = get(server.port, false);
    await left;
    gate.resolve();
    assert.deepEqual(await Promise.all([answer, last]), [200, 200]);
  });
});

describe('stop', () => {
  it('does not wait for connections that nothing is asked on', async (t) => {
    const server = await startHttpServer(greeter(), { host: '127.0.0.1', port: 0 });
    const silent = await opened(t, server.port);
    const inHead = await opened(t, server.port);
    inHead.write('POST / HTTP/1.1\r\nHost: x\r\n');
    // Both have arrived: connections are taken in their order.
    assert.equal(await get(server.port, false), 200);
    await Promise.all([server.stop(1_000_000_000), once(silent, 'close'), once(inHead, 'close')]);
  });

  it('lets a request under way end, then closes its connection without waiting for the grace', async (t) => {
    const { app, began, gate } = gated();
    const server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const answer = get(server.port, agent);
    await began;
    const stopped = server.stop(1_000_000_000);
    await assert.rejects(get(server.port, false), { code: 'ECONNREFUSED' });
    gate.resolve();
    assert.equal(await answer, 200);
    await stopped;
  });

  it('cuts off what is still under way after the grace', async (t) => {
    const { app, began, gate } = gated();
    t.after(() => gate.resolve());
    const grace = Promise.withResolvers<void>();
    const clock = { wait: () => grace.promise };
    const server = await startHttpServer(app, { host: '127.0.0.1', port: 0, clock });
    const answer = get(server.port, false);
    await began;
    const stopped = server.stop(5000);
    grace.resolve();
    await assert.rejects(answer, { code: 'ECONNRESET' });
    await stopped;
  });

  it('can be called twice', async () => {
    const server = await startHttpServer(greeter(), { host: '127.0.0.1', port: 0 });
    await Promise.all([server.stop(0), server.stop(0)]);
    await server.stop(0);
  });
});

async function opened(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

function greeter(): Koa {
  return new Koa().use((ctx) => {
    ctx.body = 'hello';
  });
}

/** An app that answers when told; `began` resolves once a request has come. */
function gated() {
  const gate = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  const app = new Koa().use(async (ctx) => {
    came.resolve();
    await gate.promise;
    ctx.body = 'hello';
  });
  app.silent = true;
  return { app, began: came.promise, gate };
}

function get(port: number, agent: Agent | false): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    asked.on('error', reject);
    asked.end();
  });
}
