/** Settings as people write them, in one real daemon: it listens, lets the right sender in, and makes links that lead somewhere. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { webhookBody } from '../support/webhook.ts';

const TOKEN = 'a-token-of-the-webhook';
let daemon: Daemon;

before(async () => {
  daemon = await startDaemon({
    env: { NOTIFIERD_HTTP_AUTH_BEARER_TOKEN: `\ufeff ${TOKEN}\r\n` },
    config: {
      http: { host: '[::1]', auth: { username: 'alert ', password: ' pass word\n' } },
      links: { prometheus_url: 'http://prometheus.example.com//graph/' },
      sinks: { all: { plugin: 'console', format: 'json' }, team: { plugin: 'console', format: 'json' } },
      routes: [
        { matchers: ['{team="a,b", severity=~"warning|error",}'], sinks: ['team'] },
        { matchers: ['{}'], sinks: ['all'] },
      ],
    },
  });
});
after(() => daemon?.stop());

async function post(path: string, authorization: string): Promise<number> {
  const body = webhookBody('g', [{ name: path, labels: { team: 'a,b' } }, { name: 'Other' }]);
  const answer = await fetch(`${daemon.url}${path}`, { method: 'POST', body, headers: { authorization } });
  return answer.status;
}

test('listens on IPv6, and answers paths with slashes too many for either way to sign in', async () => {
  const basic = Buffer.from('alert:pass word').toString('base64');
  assert.match(daemon.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal(await post('//webhook//alertmanager/', `Bearer ${TOKEN}`), 200);
  assert.equal(await post('/webhook/alertmanager', `Basic ${basic}`), 200);
  assert.equal(await post('/webhook/alertmanager', 'Bearer another'), 401);
});

test('routes by conditions in braces, and leads to the graph itself', async () => {
  const printed = await eventually('both alerts are out', () => {
    const lines = daemon.stdout().trim().split('\n').filter(Boolean);
    return lines.length >= 2 ? lines : undefined;
  });
  const events = printed.map((line) => JSON.parse(line));
  const names = events.map(({ name }) => name);
  assert.ok(names.includes('//webhook//alertmanager/') && names.includes('Other'), names.join());
  for (const { generatorUrl } of events) {
    assert.match(generatorUrl, /^http:\/\/prometheus\.example\.com\/graph\?g0\.expr=/);
  }
});
