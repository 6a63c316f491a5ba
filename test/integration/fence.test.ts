/**
 * What its sender has given up is never stored behind what that sender posts next. A daemon that was paused finds both at once: the webhook
 * whose sender has left, and the newer one.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { postForAnswer, webhookBody } from '../support/webhook.ts';

let daemon: Daemon;
before(async () => {
  daemon = await startDaemon({ config: { sinks: { log: { plugin: 'console', format: 'json' } } } });
});
after(async () => await daemon?.stop());

/** Posts it to the paused daemon and leaves, as Alertmanager does at the end of its patience. */
async function postAndLeave(body: string): Promise<void> {
  const socket = connect(Number(new URL(daemon.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  socket.end(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  await once(socket, 'finish');
}

function statusesOf(name: string): string[] {
  const lines = daemon.stdout().split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const event = JSON.parse(line);
    return event.name === name ? [event.status] : [];
  });
}

// A large one is read in several pieces, so that the small one behind it is read first.
for (const [size, letters] of Object.entries({ small: 10, large: 200_000 })) {
  test(`a ${size} webhook that its sender has left is not told after the newer one`, async () => {
    for (let round = 0; round < 10; round++) {
      const name = `${size} ${round}`;
      const description = 'd'.repeat(letters);
      const body = (status: 'firing' | 'resolved') =>
        webhookBody(name, [
          { name, status, annotations: { description: status === 'firing' ? description : '' } },
        ]);
      process.kill(daemon.pid, 'SIGSTOP');
      const left = postAndLeave(body('firing'));
      // Written as far as the sockets take it.
      await Promise.race([left, new Promise((resolve) => setImmediate(resolve))]);
      const newer = postForAnswer(`${daemon.url}/`, body('resolved'));
      await Promise.race([newer, new Promise((resolve) => setImmediate(resolve))]);
      process.kill(daemon.pid, 'SIGCONT');
      assert.equal((await newer).status, 200);
      await left;
      await eventually('the end is told', () => statusesOf(name).includes('resolved'));
      assert.equal(statusesOf(name).at(-1), 'resolved');
    }
    // Nothing comes afterwards: a webhook that is posted now is told last.
    const name = `${size} end`;
    await postForAnswer(`${daemon.url}/`, webhookBody(name, [{ name }]));
    await eventually('all is told', () => statusesOf(name).length === 1);
    for (let round = 0; round < 10; round++) assert.equal(statusesOf(`${size} ${round}`).at(-1), 'resolved');
  });
}
