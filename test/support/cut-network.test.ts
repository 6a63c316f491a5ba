/** The network between a test's daemon and the servers behind it: each way of breaking it, against a server that sends back what it gets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type CutNetwork, startCutNetwork } from './cut-network.ts';
import { eventually } from './eventually.ts';

test('lets everything through, in order, however much it is', async (t) => {
  const { network } = await start(t);
  const client = await dial(t, network);
  const sent = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251));
  client.socket.end(sent);
  await once(client.socket, 'end');
  assert.ok(sent.equals(client.received()), `got ${client.received().length} bytes`);
});

test('a client that ends its side still hears the answer, and the connection is counted no more', async (t) => {
  const { network } = await start(t);
  const client = await dial(t, network);
  assert.equal(network.connections(), 1);
  client.socket.end('last words');
  await once(client.socket, 'close');
  assert.equal(client.text(), 'last words');
  await eventually('no connection', () => network.connections() === 0);
});

test('passes a reset of the server on', async (t) => {
  const { network, server } = await start(t);
  const client = await dial(t, network);
  await client.hears('one');
  for (const socket of server.sockets) socket.resetAndDestroy();
  assert.equal(await client.ending, 'ECONNRESET');
});

test('resets the connection to a server that is not there', async (t) => {
  const { network, server } = await start(t);
  await server.close();
  const client = await dial(t, network);
  assert.equal(await client.ending, 'ECONNRESET');
});

test('a cut silences connections old and new, and hides even their end', async (t) => {
  const { network, server } = await start(t);
  const [old, leaver] = [await dial(t, network), await dial(t, network)];
  await old.hears('before');
  await leaver.hears('before');
  await network.cut();
  await network.cut();
  old.socket.write(' during');
  leaver.socket.resetAndDestroy();
  const young = await dial(t, network);
  young.socket.write('anybody?');
  // What would have come through has come by the time that another way there and back was gone.
  await roundTripBeside(t, server);
  assert.equal(old.text(), 'before');
  assert.equal(young.text(), '');
  assert.equal(server.received(), 'beforebeforebeside');
  // The server has not heard that one of the two has left; the third is the way beside.
  assert.equal(server.sockets.size, 3);
  assert.equal(network.connections(), 3);
});

test('a healed cut resets what lived through it, and lets new connections through', async (t) => {
  const { network, server } = await start(t);
  const old = await dial(t, network);
  await old.hears('before');
  await network.cut();
  old.socket.write(' lost');
  const young = await dial(t, network);
  await network.heal();
  assert.equal(await old.ending, 'ECONNRESET');
  assert.equal(await young.ending, 'ECONNRESET');
  await (await dial(t, network)).hears('after');
  assert.equal(server.received(), 'beforeafter');
  assert.equal(network.connections(), 1);
});

test('a cut healed with what was held delivers it late, in order, over the same connections', async (t) => {
  const { network } = await start(t);
  const old = await dial(t, network);
  await old.hears('one');
  await network.cut();
  old.socket.write(' two');
  const young = await dial(t, network);
  young.socket.write('late');
  await network.heal({ keepHeld: true });
  await old.hears(' three');
  assert.equal(old.text(), 'one two three');
  await eventually('the answer to the new one', () => young.text() === 'late');
});

test('a sender has to wait during a cut once the line is full', async (t) => {
  const { network, server } = await start(t);
  const much = Buffer.alloc(32_000_000);
  const [client, beside] = [await dial(t, network), await dial(t, server)];
  await network.cut();
  let isTaken = false;
  client.socket.end(much, () => {
    isTaken = true;
  });
  beside.socket.end(much);
  await once(beside.socket, 'end');
  assert.equal(isTaken, false);
  await network.heal({ keepHeld: true });
  await once(client.socket, 'end');
  assert.equal(client.received().length, much.length);
});

test('refuses: connections are reset, new ones refused, until it is healed', async (t) => {
  const { network } = await start(t);
  const old = await dial(t, network);
  await old.hears('before');
  await network.refuse();
  await network.refuse();
  assert.equal(await old.ending, 'ECONNRESET');
  await assert.rejects(dial(t, network), { code: 'ECONNREFUSED' });
  await network.heal();
  await (await dial(t, network)).hears('after');
});

test('goes from cut to refusing and back', async (t) => {
  const { network, server } = await start(t);
  const old = await dial(t, network);
  await network.cut();
  await network.refuse();
  assert.equal(await old.ending, 'ECONNRESET');
  await network.cut();
  const young = await dial(t, network);
  young.socket.write('held');
  await roundTripBeside(t, server);
  assert.equal(young.text(), '');
  await network.heal({ keepHeld: true });
  await eventually('the answer', () => young.text() === 'held');
});

test('a slow line delays each direction once, however many pieces are under way', async (t) => {
  const { network } = await start(t);
  const client = await dial(t, network);
  await client.hears('.');
  network.slow(100);
  const sentAt = performance.now();
  for (let piece = 0; piece < 100; piece++) {
    client.socket.write(String(piece % 10));
    await turn();
  }
  const expected = `.${'0123456789'.repeat(10)}`;
  await eventually('all pieces', () => client.text() === expected, { everyMs: 1 });
  const tookMs = performance.now() - sentAt;
  // A hundred delays one after the other would take ten seconds.
  assert.ok(tookMs >= 199 && tookMs < 8_000, `took ${tookMs} ms`);
  network.slow(0);
  await client.hears('!');
});

test('ends with open connections, cut or not, twice without harm', async (t) => {
  const { network } = await start(t);
  const client = await dial(t, network);
  await network.cut();
  client.socket.write('held');
  await network.close();
  await network.close();
  assert.equal(await client.ending, 'ECONNRESET');
  await eventually('no connection', () => network.connections() === 0);
});

/** A server that sends back what it gets. */
interface Echo {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  received(): string;
  close(): Promise<void>;
}

interface Dialled {
  readonly socket: Socket;
  /** The code of the error that it ended with; `end` without one. */
  readonly ending: Promise<string>;
  received(): Buffer;
  text(): string;
  /** Sends the text and waits for it to come back. */
  hears(text: string): Promise<void>;
}

async function start(t: TestContext): Promise<{ network: CutNetwork; server: Echo }> {
  const server = await startEcho();
  t.after(() => server.close());
  const network = await startCutNetwork({ host: '127.0.0.1', port: server.port });
  t.after(() => network.close());
  return { network, server };
}

async function startEcho(): Promise<Echo> {
  const sockets = new Set<Socket>();
  let received = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      if (chunk.length < 100) received += chunk;
    });
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    port: address.port,
    sockets,
    received: () => received,
    async close() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

async function dial(t: TestContext, { port }: { readonly port: number }): Promise<Dialled> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  t.after(() => socket.destroy());
  const chunks: Buffer[] = [];
  const ending = new Promise<string>((resolve) => {
    socket.once('close', () => resolve('end'));
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  });
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'connect');
  const received = () => Buffer.concat(chunks);
  const text = () => received().toString();
  return {
    socket,
    ending,
    received,
    text,
    async hears(words) {
      socket.write(words);
      await eventually(`${words} comes back`, () => text().endsWith(words), { everyMs: 1 });
    },
  };
}

async function roundTripBeside(t: TestContext, server: Echo): Promise<void> {
  await (await dial(t, server)).hears('beside');
}
