import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { UnavailableError } from '../errors.ts';
import { type BodyMemory, createBodyMemory } from './body-memory.ts';
import { withBody } from './read-body.ts';

const MAX_BODY = 1024 * 1024;
const SLOW = 'body_slow after';

describe('withBody', () => {
  it('gives the bytes as they were sent, and counts them until the work ends', async (t) => {
    const { post, outcomes, memory } = await start(t);
    const socket = await post('Content-Length: 6', 'abc');
    assert.equal(memory.bytes(), 3);
    socket.write('def');
    assert.equal(await outcomes.next(), 'abcdef');
    assert.equal(memory.bytes(), 0);
  });

  it('puts a body together that comes in chunks of one byte', async (t) => {
    const { post, outcomes } = await start(t);
    const text = Array.from({ length: 5_000 }, (_, index) => String.fromCharCode(97 + (index % 26)));
    const chunks = text.map((letter) => `1\r\n${letter}\r\n`).join('');
    await post('Transfer-Encoding: chunked', `${chunks}0\r\n\r\n`);
    assert.equal(await outcomes.next(), text.join(''));
  });

  it('gives back the memory at once when the sender leaves in the middle', async (t) => {
    const { post, outcomes, memory } = await start(t);
    const socket = await post(`Content-Length: ${MAX_BODY}`, 'x'.repeat(100_000));
    socket.destroy();
    assert.equal(await outcomes.next(), undefined);
    assert.equal(memory.bytes(), 0);
  });

  const tooSlow: { name: string; sent: number; seconds: number }[] = [
    { name: 'announces much and sends nothing', sent: 0, seconds: 5 },
    { name: 'has brought 3 KiB', sent: 3 * 1024, seconds: 8 },
    { name: 'has brought much, and still is not whole', sent: 500 * 1024, seconds: 50 },
  ];
  for (const { name, sent, seconds } of tooSlow) {
    it(`ends a body after ${seconds} s that ${name}`, async (t) => {
      const { post, outcomes, memory, pass } = await start(t);
      await post(`Content-Length: ${MAX_BODY}`, 'x'.repeat(sent));
      pass(seconds * 1000 - 1);
      assert.equal(memory.bytes(), sent);
      pass(1);
      assert.equal(await outcomes.next(), `${SLOW} ${sent}`);
      assert.equal(memory.bytes(), 0);
    });
  }

  it('waits for a link of 8 kB a second', async (t) => {
    const { post, outcomes, pass, came } = await start(t);
    const socket = await post('Content-Length: 320000', 'x'.repeat(8_000));
    for (let sent = 8_000; sent < 320_000; sent += 8_000) {
      pass(1000);
      socket.write('x'.repeat(8_000));
      if (sent + 8_000 < 320_000) await came(sent + 8_000);
    }
    assert.equal((await outcomes.next())?.length, 320_000);
  });
});

async function start(t: TestContext) {
  const memory = createBodyMemory({ mostBytes: 8 * MAX_BODY, smallShareBytes: MAX_BODY });
  const { clock, pass } = createHandClock();
  const outcomes = createInbox<string | undefined>();
  const server = createServer(async (request, answer) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    const outcome = await withBody(request, { maxBytes: MAX_BODY, memory, clock }, async (bytes) =>
      Buffer.from(bytes).toString(),
    ).catch((error) => {
      assert.ok(error instanceof UnavailableError);
      return `${error.code} after ${length}`;
    });
    answer.end();
    outcomes.add(outcome);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // The server listens on TCP.
  const { port } = server.address() as AddressInfo;
  const came = (bytes: number) => untilCounted(memory, bytes);
  async function post(header: string, body: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const asked = once(server, 'request');
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n${body}`);
    await asked;
    if (header.startsWith('Content-Length')) await came(body.length);
    return socket;
  }
  return { memory, outcomes, pass, post, came };
}

async function untilCounted(memory: BodyMemory, bytes: number): Promise<void> {
  while (memory.bytes() < bytes) await new Promise((resolve) => setImmediate(resolve));
}

/** What happens, one after the other; next() waits for it. */
function createInbox<Item>() {
  const items: Item[] = [];
  let heard = Promise.withResolvers<void>();
  return {
    add(item: Item): void {
      items.push(item);
      heard.resolve();
    },
    async next(): Promise<Item | undefined> {
      if (items.length === 0) await heard.promise;
      heard = Promise.withResolvers();
      return items.shift();
    },
  };
}

/** A clock that stands still until told. */
function createHandClock() {
  let time = 0;
  const timers = new Set<{ readonly at: number; readonly act: () => void }>();
  return {
    clock: {
      elapsed: () => time,
      after(ms: number, act: () => void) {
        const timer = { at: time + ms, act };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    },
    pass(ms: number): void {
      time += ms;
      for (const timer of [...timers]) {
        if (timer.at > time || !timers.delete(timer)) continue;
        timer.act();
      }
    },
  };
}
