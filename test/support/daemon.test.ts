import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDaemon } from './daemon.ts';
import { ownPort } from './own-port.ts';
import { createSharedClock } from './shared-clock.ts';

const SECTIONS = { outbox: { url: 'sqlite:data/notifierd.db' }, sinks: { log: { plugin: 'console' } } };

const formats: readonly { name: string; log: object }[] = [
  { name: 'JSON logs', log: {} },
  { name: 'text logs', log: { format: 'text' } },
];
for (const { name, log } of formats) {
  test(`finds a daemon with ${name}, waits until it is ready, stops it`, async (t) => {
    const daemon = await startDaemon({ config: { ...SECTIONS, log } });
    t.after(() => daemon.kill9());
    assert.match(daemon.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await daemon.waitReady();
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  });
}

test('starts a killed daemon again on the same port and outbox', async (t) => {
  const port = await ownPort();
  const config = { ...SECTIONS, http: { port } };
  const killed = await startDaemon({ config });
  assert.deepEqual(await killed.kill9(), { code: null, signal: 'SIGKILL' });
  const daemon = await startDaemon({ config, dir: killed.dir });
  t.after(() => daemon.kill9());
  assert.equal(daemon.url, `http://127.0.0.1:${port}`);
  await daemon.waitReady();
});

test('shows what a daemon said that would not start', async () => {
  const config = { ...SECTIONS, http: { colour: 'blue' } };
  await assert.rejects(startDaemon({ config }), /ended before it listened \(exit 1\)\n.*http\.colour/s);
});

test('a daemon lives by the clock that it is given', async (t) => {
  const clock = await createSharedClock({ rate: 30, startAt: Date.UTC(2031, 0, 2) });
  t.after(() => clock.stop());
  const daemon = await startDaemon({ config: SECTIONS, clock });
  t.after(() => daemon.kill9());
  assert.match(daemon.logs(), /"time":"2031-01-02T/);
});
