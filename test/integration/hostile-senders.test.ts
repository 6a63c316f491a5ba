/** Senders that want to keep others out: by connections, by bodies that never end, by bodies that fill the memory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { postForAnswer, webhookBody } from '../support/webhook.ts';

const MIB = 1024 * 1024;
const SINKS = { log: { plugin: 'console', format: 'json', file: 'out.jsonl' } };

test('idle connections, endless heads, trickling and silent bodies: good webhooks are answered within a second throughout', async (t) => {
  // Both are asked at once: what the second one's answer takes is what the machine takes, whoever sends.
  const [daemon, undisturbed] = await Promise.all([start(t, {}), start(t, {})]);
  const idle = await Promise.all(Array.from({ length: 1_000 }, () => open(t, daemon)));
  const heads = await openAll(t, daemon, { count: 50, send: 'POST / HTTP/1.1\r\nHost: x\r\nX-Long: ' });
  const trickling = await openAll(t, daemon, { count: 25, send: head(16 * MIB) });
  const chunked = await openAll(t, daemon, {
    count: 25,
    send: 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
  });
  const silent = await openAll(t, daemon, { count: 8, send: head(16 * MIB) });
  const bodies = [...trickling, ...chunked, ...silent];
  const all = [...idle, ...heads, ...bodies];
  let slowestMs = 0;
  let trickledAt = 0;
  // Each of them is ended by the daemon.
  for (let i = 0; all.some(({ isOpen }) => isOpen()); i += 1) {
    const good = webhookBody(`good ${i}`, [{ name: 'Good' }]);
    const [answer, usual] = await Promise.all(
      [daemon, undisturbed].map(async ({ url }) => await postForAnswer(url, good)),
    );
    assert.equal(answer?.status, 200, `webhook ${i}: ${answer?.code}`);
    assert.equal(usual?.status, 200);
    slowestMs = Math.max(slowestMs, answer.tookMs - usual.tookMs);
    if (performance.now() < trickledAt + 100) continue;
    trickledAt = performance.now();
    for (const each of [...heads, ...trickling]) each.send('x');
    for (const each of chunked) each.send('1\r\nx\r\n');
  }
  assert.ok(slowestMs < 1_000, `the slowest took ${slowestMs} ms longer than where nobody disturbs`);
  for (const each of bodies) assert.match(each.text(), /^HTTP\/1\.1 503 .*"body_slow"/s);
  // Alertmanager tries again after 5xx only: no slow body was answered 408.
  assert.equal(await metric(daemon, 'notifierd_webhooks_total{code="503"}'), bodies.length);
});

test('a connection that sends one request after the other and reads nothing is ended; a few are answered', async (t) => {
  const daemon = await start(t, {});
  const few = await open(t, daemon);
  few.send('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8));
  await eventually('each is answered', () => few.text().split('HTTP/1.1 200').length === 9, {
    withinMs: 5_000,
  });
  const count = async (): Promise<number> => await metric(daemon, 'notifierd_webhooks_total{code="200"}');
  const body = webhookBody('again', [{ name: 'Again' }]);
  const post = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const many = await open(t, daemon);
  many.send('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_700));
  const posting = await open(t, daemon);
  posting.send(post.repeat(1_000));
  assert.equal((await postForAnswer(daemon.url, webhookBody('good', [{ name: 'Good' }]))).status, 200);
  await eventually('both are ended', () => !many.isOpen() && !posting.isOpen(), { withinMs: 5_000 });
  assert.ok((many.text().match(/HTTP\/1\.1 200/g) ?? []).length <= 8);
  assert.ok((await count()) <= 1 + 8, 'of a thousand webhooks in a row, eight are read');
});

test('large bodies at once: the first ones end, small ones pass, the others get 503 and pass when they come again', async (t) => {
  const daemon = await start(t, { max_body: '1MiB' });
  const bodies = Array.from({ length: 40 }, (_, index) => paddedBody(`large ${index}`, MIB));
  const senders = await Promise.all(
    bodies.map(async (body) => {
      const sender = await open(t, daemon);
      // The last byte is kept back: until then none of them is whole.
      sender.send(head(body.length) + body.slice(0, -1));
      return { sender, body };
    }),
  );
  const refused = () => senders.filter(({ sender }) => sender.text() !== '');
  await eventually('33 of 40 are refused', () => refused().length === 33, { withinMs: 20_000 });
  for (const { sender } of refused()) assert.match(sender.text(), /^HTTP\/1\.1 503 .*"busy"/s);
  for (let i = 0; i < 20; i += 1) {
    const small = paddedBody(`small ${i}`, 60 * 1024);
    assert.equal((await postForAnswer(daemon.url, small)).status, 200);
  }
  const again = refused().map(({ body }) => body);
  const others = senders.filter(({ sender }) => sender.text() === '');
  for (const { sender } of others) sender.send('}');
  await eventually('the others are answered', () => others.every(({ sender }) => sender.text() !== ''), {
    withinMs: 20_000,
  });
  for (const { sender } of others) assert.match(sender.text(), /^HTTP\/1\.1 200 /);
  for (const body of again) assert.equal((await postForAnswer(daemon.url, body)).status, 200);
  await eventually('each is told once', () => told(daemon).length === 60, { withinMs: 20_000 });
  assert.equal(new Set(told(daemon)).size, 60);
});

test('half a gigabyte of unfinished bodies takes no more memory than eight of the largest', async (t) => {
  const daemon = await start(t, {});
  const before = await metric(daemon, 'process_resident_memory_bytes');
  const piece = 'x'.repeat(MIB);
  const senders = await Promise.all(Array.from({ length: 40 }, () => open(t, daemon)));
  for (const sender of senders) sender.send(head(16 * MIB));
  let most = 0;
  for (let sent = 0; sent < 13; sent += 1) {
    for (const sender of senders) sender.send(piece);
    most = Math.max(most, await metric(daemon, 'process_resident_memory_bytes'));
  }
  await eventually('most are refused', () => senders.filter(({ text }) => text() !== '').length >= 31, {
    withinMs: 20_000,
  });
  most = Math.max(most, await metric(daemon, 'process_resident_memory_bytes'));
  const grown = (most - before) / MIB;
  // 128 MiB of bodies, blocks that are not full yet, and what the collector has not taken yet.
  assert.ok(grown < 300, `grown by ${grown} MiB`);
  assert.equal((await postForAnswer(daemon.url, webhookBody('good', [{ name: 'Good' }]))).status, 200);
});

test('a stop waits for trickling bodies and silent connections no longer than its grace', async (t) => {
  const daemon = await start(t, {});
  await openAll(t, daemon, { count: 20, send: '' });
  const asking = head(16 * MIB).replace('Host: x', 'Host: x\r\nExpect: 100-continue');
  const trickling = await openAll(t, daemon, { count: 20, send: asking });
  await eventually('all bodies are read', () => trickling.every(({ text }) => text() !== ''), {
    withinMs: 5_000,
  });
  for (const each of trickling) each.send('x');
  const began = performance.now();
  assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  const tookMs = performance.now() - began;
  assert.ok(tookMs < 9_000, `it took ${tookMs} ms`);
});

interface Sender {
  send(text: string): void;
  /** What came back. */
  text(): string;
  isOpen(): boolean;
}

async function start(t: TestContext, http: Readonly<Record<string, unknown>>): Promise<Daemon> {
  const daemon = await startDaemon({ config: { http, sinks: SINKS } });
  t.after(() => daemon.kill9());
  await daemon.waitReady();
  return daemon;
}

async function openAll(
  t: TestContext,
  daemon: Daemon,
  { count, send }: { readonly count: number; readonly send: string },
): Promise<readonly Sender[]> {
  const senders = await Promise.all(Array.from({ length: count }, () => open(t, daemon)));
  for (const sender of senders) sender.send(send);
  return senders;
}

async function open(t: TestContext, daemon: Daemon): Promise<Sender> {
  const socket: Socket = connect(Number(new URL(daemon.url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  // It is reset when it goes on sending after its answer.
  socket.on('error', () => undefined);
  socket.on('data', (piece) => {
    text += piece;
  });
  await once(socket, 'connect');
  return {
    send: (more) => void (socket.writable && socket.write(more)),
    text: () => text,
    isOpen: () => !socket.closed && !socket.readableEnded,
  };
}

function head(length: number): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;
}

/** A webhook of so many bytes. */
function paddedBody(group: string, bytes: number): string {
  const make = (padding: string) => webhookBody(group, [{ name: group, annotations: { padding } }]);
  return make('x'.repeat(bytes - make('').length));
}

async function metric(daemon: Daemon, series: string): Promise<number> {
  const page = await (await fetch(`${daemon.url}/metrics`)).text();
  const line = page.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.split(' ')[1]);
}

function told(daemon: Daemon): readonly string[] {
  const file = join(daemon.dir, 'out.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.map((line) => JSON.parse(line).labels.group);
}
