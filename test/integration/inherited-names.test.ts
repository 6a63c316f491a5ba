/**
 * Sinks, labels, receivers, routes and keys that are called as what every object inherits: `constructor`, `toString`, `__proto__`. A real
 * daemon delivers, counts and shows them as all others.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { type DingTalkSim, startDingTalkSim } from '../support/dingtalk-sim/server.ts';
import { eventually } from '../support/eventually.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postForAnswer, webhookBody } from '../support/webhook.ts';

const ROBOTS = ['constructor', 'toString', 'valueOf'];
/** Its messages go to a file. */
const CONSOLE = 'hasOwnProperty';
/** DingTalk: no such type of message. */
const MALFORMED = 400105;

describe('names that every object inherits', () => {
  const dir = createTempDir();
  const file = join(dir.path, 'told.jsonl');
  let sim: DingTalkSim;
  let daemon: Daemon;

  before(async () => {
    sim = await startDingTalkSim({ robots: ROBOTS.map((name) => ({ name, token: `token-${name}` })) });
    const robots = ROBOTS.map((name) => [
      name,
      { plugin: 'dingtalk', endpoint: sim.url, access_token: `token-${name}` },
    ]);
    const sinks = { ...Object.fromEntries(robots), [CONSOLE]: { plugin: 'console', format: 'json', file } };
    const routes = [
      { receivers: ['__proto__'], sinks: [CONSOLE] },
      { matchers: ['valueOf=~".+"'], sinks: ['valueOf'] },
      { matchers: ['constructor="robot"'], sinks: ['constructor'] },
      { matchers: ['__proto__="robot"', 'constructor=""'], sinks: ['toString'] },
    ];
    daemon = await startDaemon({ dir: dir.path, config: { sinks, routes } });
  });
  after(async () => {
    await daemon?.stop();
    await sim?.close();
    dir.remove();
  });

  const post = async (
    name: string,
    {
      labels = {},
      path = '/',
      receiver = 'constructor',
    }: Partial<Record<'path' | 'receiver', string>> & {
      readonly labels?: Readonly<Record<string, string>>;
    },
  ): Promise<void> => {
    const body = webhookBody(name, [{ name, labels }]).replace(
      '"receiver":"test"',
      `"receiver":"${receiver}"`,
    );
    assert.equal((await postForAnswer(`${daemon.url}${path}`, body)).status, 200);
  };
  const shown = async (robot: string, title: string): Promise<void> =>
    void (await eventually(`${robot} shows ${title}`, () =>
      sim.messages(robot).some((message) => message.title === title),
    ));
  const value = async (metric: string, sink: string): Promise<number> => {
    const page = await (await fetch(`${daemon.url}/metrics`)).text();
    const line = page
      .split('\n')
      .find((text) => text.startsWith(`${metric}{`) && text.includes(`sink="${sink}"`));
    return Number(line?.split(' ').at(-1));
  };
  const run = async (...args: readonly string[]): Promise<string> => {
    const finished = await runCli([...args, '-c', 'notifierd.yaml'], { cwd: dir.path });
    assert.deepEqual([finished.code, finished.stderr], [0, '']);
    return finished.stdout;
  };

  for (const sink of ROBOTS) {
    test(`the sink ${sink} is told what its path is posted, and counted`, async () => {
      await post(`Path-${sink}`, { path: `/dingtalk/${sink}/send` });
      await shown(sink, `Path-${sink}`);
      await eventually(
        'it counts',
        async () => (await value('notifierd_events_delivered_total', sink)) === 1,
      );
      const counts = ['queued', 'routed'].map((what) => value(`notifierd_events_${what}_total`, sink));
      assert.deepEqual(await Promise.all(counts), [1, 1]);
      assert.equal(await value('notifierd_lane_waiting_events', sink), 0);
      assert.match(await run('events', '--sink', sink), new RegExp(`Path-${sink} .*delivered`));
    });
  }

  test('labels of these names are matched, if an alert has them', async () => {
    await post('Labelled', { labels: { constructor: 'robot' } });
    await post('Proto', { labels: Object.fromEntries([['__proto__', 'robot']]) });
    await shown('constructor', 'Labelled');
    await shown('toString', 'Proto');
    assert.equal(await value('notifierd_events_queued_total', 'valueOf'), 1);
    assert.match(await run('events', '--sink', 'toString'), /__proto__="robot"/);
  });

  test('a receiver of such a name is routed, and labels are shown as they came', async () => {
    const labels = Object.fromEntries(['__proto__', 'constructor', 'toString'].map((name) => [name, 'mine']));
    await post('Received', { labels, receiver: '__proto__' });
    const told = await eventually(
      'it is told',
      () => readFileSync(file, 'utf8').includes('\n') && readFileSync(file, 'utf8'),
    );
    for (const [name, text] of Object.entries(labels)) assert.ok(told.includes(`"${name}":"${text}"`), told);
    assert.equal(await value('notifierd_events_delivered_total', CONSOLE), 1);
  });

  test('a dead letter of such a sink is counted and listed', async () => {
    sim.orderFaults([{ kind: 'errcode', errcode: MALFORMED, robot: 'valueOf' }]);
    await post('Refused', { labels: { valueOf: 'x' } });
    await eventually(
      'it is given up',
      async () => (await value('notifierd_events_dead_total', 'valueOf')) === 1,
    );
    assert.match(await run('dead-letters', 'list', '--sink', 'valueOf'), /Refused/);
    assert.match(await run('dead-letters', 'list', '--json'), /"valueOf"/);
  });
});

test('keys of these names are faults in a configuration, like all that nobody knows', async () => {
  const dir = createTempDir();
  writeFileSync(
    join(dir.path, 'notifierd.yaml'),
    `
__proto__: { polluted: 1 }
constructor: 1
http: { toString: 1, __proto__: 2 }
sinks:
  __proto__: { plugin: console }
  ops: { plugin: console, valueOf: 1, __proto__: { file: x } }
  other: { plugin: constructor }
routes:
  - { sinks: [ops, toString], hasOwnProperty: 1 }
`,
  );
  const { code, stderr, stdout }: Finished = await runCli(['check-config', 'notifierd.yaml'], {
    cwd: dir.path,
  });
  dir.remove();
  assert.equal(code, 1);
  const said = stderr + stdout;
  for (const fault of [
    /^\W*__proto__: unknown key/m,
    /^\W*constructor: unknown key/m,
    /http\.toString: unknown key/,
    /http\.__proto__: unknown key/,
    /sinks\.__proto__: expected a sink name/,
    /sinks\.ops\.valueOf: unknown key/,
    /sinks\.ops\.__proto__: unknown key/,
    /sinks\.other\.plugin: there is no plugin "constructor"/,
    /routes\[0\]\.hasOwnProperty: unknown key/,
    /routes\[0\]\.sinks\[1\]: .*toString/,
  ])
    assert.match(said, fault);
});
