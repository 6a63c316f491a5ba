/** Webhooks over real sockets into a real daemon, read back from the console sink. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { listFixtures, readFixture } from '../support/fixtures.ts';
import { webhookBody } from '../support/webhook.ts';

interface Receipt {
  readonly notification: string;
  readonly duplicate: boolean;
  readonly events: { readonly received: number; readonly queued: number; readonly relisted: number };
}
interface ShownEvent {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
}

describe('the intake', () => {
  let daemon: Daemon;

  before(async () => {
    daemon = await startDaemon({
      config: { sinks: { log: { plugin: 'console', format: 'json', file: 'out.jsonl' } } },
    });
  });
  after(async () => await daemon?.stop());

  const post = async (body: string | Uint8Array, path = '/', init: RequestInit = {}) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const answer = await fetch(daemon.url + path, { method: 'POST', body: new Uint8Array(bytes), ...init });
    return { status: answer.status, body: await answer.json() };
  };
  const accepted = async (
    body: string | Uint8Array,
    path = '/',
    init: RequestInit = {},
  ): Promise<Receipt> => {
    const answer = await post(body, path, init);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    // What test/…/webhook answers with 200; the assertions that follow look at each field.
    return answer.body as Receipt;
  };
  /** All events that the console sink has written for a notification, once there are `count`. */
  const shown = async (notification: string, count: number): Promise<ShownEvent[]> =>
    await eventually(`${count} events of ${notification}`, () => {
      const lines = readFileSync(join(daemon.dir, 'out.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const events = lines
        .map((line) => JSON.parse(line))
        .filter((event) => event.id.startsWith(notification));
      assert.ok(events.length <= count, `${events.length} events instead of ${count}`);
      return events.length === count && events;
    });

  for (const { file, alerts } of listFixtures()) {
    test(`takes ${file} and shows its alerts`, async () => {
      // A path of its own each, so that no fixture is another one's repeat.
      const path = '/dingtalk/log/send';
      const payload = JSON.parse(readFixture(file).toString());
      const body = JSON.stringify({ ...payload, groupKey: `${payload.groupKey} of ${file}` });
      const receipt = await accepted(body, path);
      assert.deepEqual([receipt.duplicate, receipt.events.received], [false, alerts]);
      const events = await shown(receipt.notification, receipt.events.queued);
      const names = payload.alerts.map(
        (alert: { labels: Record<string, string> }) => alert.labels.alertname ?? 'alert',
      );
      assert.deepEqual(events.map((event) => event.name).sort(), names.sort());
    });
  }

  test('takes the recorded bytes on each path, with and without a trailing slash, whatever the content type', async () => {
    const bytes = readFixture('firing-typical.json');
    for (const path of [
      '/',
      '/webhook/alertmanager',
      '/webhook/alertmanager/',
      '/dingtalk/log/send',
      '/dingtalk/log/send/',
    ]) {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
        await accepted(bytes, path, { headers: { 'content-type': type } });
      }
    }
  });

  test('plays a group over time: each state once, the echo of resolved alerts never', async () => {
    const news: number[] = [];
    for (const step of ['1-firing', '2-mixed', '3-resolved', '4-refired', '5-resolved-echo']) {
      const receipt = await accepted(readFixture(`lifecycle-${step}.json`));
      news.push(receipt.events.queued);
    }
    assert.deepEqual(news, [2, 2, 2, 1, 0]);
  });

  test('answers the twin of a second Alertmanager with the id of the first and queues it once', async () => {
    const first = await accepted(readFixture('ha-duplicate-am0.json'));
    const twin = await accepted(readFixture('ha-duplicate-am1.json'));
    assert.deepEqual([first.duplicate, twin.duplicate, twin.notification], [false, true, first.notification]);
    assert.equal(twin.events.queued, 0);
  });

  test('takes a group of 5,000 alerts within the default limit', { timeout: 60_000 }, async () => {
    const alerts = Array.from({ length: 5000 }, (_, index) => ({
      name: 'PodCrashLooping',
      labels: {
        pod: `pod-${index}`,
        namespace: `namespace-${index % 50}`,
        node: `node-${index % 20}`,
        job: 'kubelet',
      },
      annotations: { summary: `Pod ${index} restarts again and again. `.repeat(20) },
    }));
    const body = webhookBody('large', alerts);
    assert.ok(body.length > 5_000_000 && body.length < 16 * 1024 * 1024, `${body.length} bytes`);
    const receipt = await accepted(body);
    assert.deepEqual(receipt.events, { received: 5000, queued: 5000, relisted: 0 });
    assert.equal((await shown(receipt.notification, 5000)).length, 5000);
  });

  describe('what no sender should send', () => {
    const alert = (labels: string, rest = ''): string =>
      `{"version":"4","groupKey":"${Math.random()}","alerts":[{"status":"firing","labels":${labels},"startsAt":"2026-01-01T00:00:00Z"${rest}}]}`;
    const refused: { name: string; body: string | Uint8Array; code: string; path?: string }[] = [
      { name: 'no JSON', body: 'alerts!', code: 'payload_not_json' },
      { name: 'an empty body', body: '', code: 'payload_not_json' },
      {
        name: 'bytes that are not UTF-8',
        body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d),
        code: 'payload_not_utf8',
      },
      {
        name: 'another version',
        body: '{"version":"3","alerts":[]}',
        code: 'payload_invalid',
        path: 'version',
      },
      { name: 'no alerts', body: '{"version":"4","alerts":[]}', code: 'payload_invalid', path: 'alerts' },
      {
        name: 'a number where text belongs',
        body: alert('{"alertname":"a","job":7}'),
        code: 'payload_invalid',
        path: 'alerts[0].labels.job',
      },
      {
        name: 'a list where labels belong',
        body: alert('[]'),
        code: 'payload_invalid',
        path: 'alerts[0].labels',
      },
      {
        name: 'an impossible time',
        body: alert('{"alertname":"a"}', ',"endsAt":"yesterday"'),
        code: 'payload_invalid',
        path: 'alerts[0].endsAt',
      },
      { name: 'a hundred thousand open brackets', body: '['.repeat(100_000), code: 'payload_too_deep' },
      {
        name: 'depth hidden in a stranger’s field',
        body: alert('{"alertname":"a"}', `,"x":${'['.repeat(5000)}${']'.repeat(5000)}`),
        code: 'payload_too_deep',
      },
    ];
    for (const { name, body, code, path } of refused) {
      test(`${name}: 400 with code and path`, async () => {
        const answer = await post(body);
        // Error bodies are what this test is about.
        const problem = answer.body as { code: string; message: string; faults: { path: string }[] };
        assert.deepEqual([answer.status, problem.code], [400, code]);
        if (path !== undefined)
          assert.ok(
            problem.faults.some((fault) => fault.path === path),
            JSON.stringify(problem),
          );
      });
    }

    const faithful: { name: string; labels: string; expected: Record<string, string> }[] = [
      {
        name: 'NUL and other control characters',
        labels: '{"alertname":"a","x":"\\u0000\\u001b[31m"}',
        expected: { alertname: 'a', x: '\u0000\u001b[31m' },
      },
      {
        name: 'a lone surrogate',
        labels: '{"alertname":"a","x":"\\ud800!"}',
        expected: { alertname: 'a', x: '\ud800!' },
      },
      {
        name: 'names of prototypes',
        labels: '{"alertname":"a","constructor":"c","toString":"t"}',
        expected: { alertname: 'a', constructor: 'c', toString: 't' },
      },
      {
        name: 'a key twice: the last one counts, as in Go',
        labels: '{"alertname":"a","x":"1","x":"2"}',
        expected: { alertname: 'a', x: '2' },
      },
    ];
    for (const { name, labels, expected } of faithful) {
      test(`${name}: a faithful event`, async () => {
        const receipt = await accepted(alert(labels));
        const [event] = await shown(receipt.notification, 1);
        assert.deepEqual({ ...event?.labels }, expected);
      });
    }

    test('a label named __proto__ stays a label and pollutes nothing', async () => {
      const receipt = await accepted(alert('{"alertname":"a","__proto__":"p"}'));
      const [event] = await shown(receipt.notification, 1);
      assert.equal(Object.getOwnPropertyDescriptor(event?.labels ?? {}, '__proto__')?.value, 'p');
      assert.equal((await post(alert('{"alertname":"b"}'))).status, 200);
    });

    test('more than the limit: 413, and the next webhook passes', async () => {
      const answer = await post(Buffer.alloc(17 * 1024 * 1024, 0x20));
      assert.equal(answer.status, 413);
      assert.equal((await post(alert('{"alertname":"a"}'))).status, 200);
    });
  });

  test('a store that cannot be written answers 503, and everything passes once it can', {
    timeout: 60_000,
  }, async () => {
    const other = new DatabaseSync(join(daemon.dir, 'data/notifierd.db'), { timeout: 10_000 });
    other.exec('begin immediate');
    const refused = await post(webhookBody('locked', [{ name: 'Locked' }]));
    other.exec('rollback');
    other.close();
    assert.deepEqual(
      [refused.status, (refused.body as { code: string }).code.startsWith('outbox_')],
      [503, true],
    );
    const receipt = await eventually('the webhook passes', async () => {
      const answer = await post(webhookBody('locked', [{ name: 'Locked' }]));
      return answer.status === 200 && (answer.body as Receipt);
    });
    const id = receipt.notification;
    assert.equal((await shown(id, 1)).length, 1);
  });
});
