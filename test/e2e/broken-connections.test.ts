/**
 * Connections that break after a message was written, as TLS errors among others: whatever the error is, people may have the message, so it
 * goes again under the same id, however long that lasts. Daemon and clock are real; the robots are a server that breaks where it is told.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Breaking, type BreakingServer, startBreakingServer } from '../support/breaking-server.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createCertificates } from '../support/postgres/certificates.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postUntilAnswered, webhookBody } from '../support/webhook.ts';

const MINUTE = 60_000;
/** What counts as not arrived is composed anew after a minute: the trouble lasts longer. */
const TROUBLE_MS = 4 * MINUTE;

const BREAKS: readonly (Breaking & { readonly sink: string })[] = [
  { sink: 'garbage-for-an-answer', at: 'all_read', how: 'garbage' },
  { sink: 'garbage-in-an-answer', at: 'half_answered', how: 'garbage' },
  { sink: 'bad-record-for-an-answer', at: 'all_read', how: 'bad_record' },
  { sink: 'reset-for-an-answer', at: 'all_read', how: 'reset' },
  { sink: 'no-http-for-an-answer', at: 'all_read', how: 'no_http' },
];

describe('a connection that breaks after a message was written', () => {
  const { certificatePem, keyPem, caPem } = createCertificates();
  const dir = createTempDir();
  const servers = new Map<string, BreakingServer>();
  let clock: SharedClock;
  let daemon: Daemon;

  before(async () => {
    clock = await createSharedClock({ rate: 60 });
    const ca = join(dir.path, 'ca.pem');
    writeFileSync(ca, caPem);
    for (const { sink, ...breaking } of BREAKS) {
      servers.set(sink, await startBreakingServer(breaking, { cert: certificatePem, key: keyPem }));
    }
    const sinks = [...servers].map(([sink, { port }]) => [
      sink,
      { plugin: 'dingtalk', endpoint: `https://127.0.0.1:${port}`, access_token: `token-${sink}` },
    ]);
    const config = { delivery: { timeout: '5m' }, sinks: Object.fromEntries(sinks) };
    daemon = await startDaemon({ clock, dir: dir.path, config, env: { NODE_EXTRA_CA_CERTS: ca } });
    const body = webhookBody('broken', [{ name: 'Broken' }]);
    assert.equal(await postUntilAnswered(`${daemon.url}/`, body), 200);
  });
  after(async () => {
    await daemon?.stop();
    await Promise.all([...servers.values()].map((server) => server.close()));
    await clock?.stop();
    dir.remove();
  });

  for (const { sink } of BREAKS) {
    test(`${sink}: the same id until it is delivered`, async () => {
      const server = servers.get(sink) ?? assert.fail();
      const ids = () => server.bodies().map((body) => /"msgUuid":"([^"]+)"/.exec(body)?.[1]);
      await eventually('it is tried', () => ids().length > 0);
      const over = clock.now() + TROUBLE_MS;
      await eventually('it is tried for minutes', () => clock.now() > over && ids().length > 3, {
        withinMs: clock.realMs(30 * MINUTE),
      });
      server.breakAt({ at: 'never', how: 'silence' });
      await eventually('it is delivered', () => delivered(sink), { withinMs: clock.realMs(30 * MINUTE) });
      assert.equal(new Set(ids()).size, 1, `${ids()}`);
    });
  }

  async function delivered(sink: string): Promise<boolean> {
    const page = await (await fetch(`${daemon.url}/metrics`)).text();
    return page.split('\n').some((line) => {
      return line.startsWith('notifierd_events_delivered_total{') && line.endsWith(`sink="${sink}"} 1`);
    });
  }
});
