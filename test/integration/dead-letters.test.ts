/**
 * `notifierd dead-letters` on the file of a real daemon, running and stopped. The simulator says that a message is malformed, which is
 * the quickest way to a dead letter; the slow way is in test/e2e/dead-letters.test.ts.
 */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { type DingTalkSim, startDingTalkSim } from '../support/dingtalk-sim/server.ts';
import { eventually } from '../support/eventually.ts';
import { leaksIn } from '../support/leaks.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { type MadeAlert, postWebhook, webhookBody } from '../support/webhook.ts';

/** DingTalk: no such type of message. */
const MALFORMED = 400105;
const TOKEN = 'a-token-that-nobody-should-see';
const SECRET = 'SECa-secret-that-nobody-should-see';
/** One for each test that sends, so that no test meets the pace of another. */
const ROBOTS = ['ops', 'batch', 'gone', 'kept', 'many'];

describe('dead letters on the command line', () => {
  const dir = createTempDir();
  let sim: DingTalkSim;
  let daemon: Daemon;
  const written: string[] = [];

  before(async () => {
    sim = await startDingTalkSim({
      robots: ROBOTS.map((name) => ({ name, token: `${TOKEN}-${name}`, secret: SECRET })),
    });
    daemon = await start();
  });
  after(async () => {
    await daemon?.stop();
    await sim?.close();
    dir.remove();
  });

  const config = (names: readonly string[]): object => ({
    sinks: Object.fromEntries([
      ...names.map((name) => [
        name,
        { plugin: 'dingtalk', endpoint: sim.url, access_token: `${TOKEN}-${name}`, secret: SECRET },
      ]),
      ['log', { plugin: 'console' }],
    ]),
  });
  const start = async (names: readonly string[] = ROBOTS): Promise<Daemon> =>
    await startDaemon({ dir: dir.path, config: { ...config(names) } });
  const run = async (...args: readonly string[]): Promise<Finished> => {
    const finished = await runCli(['dead-letters', ...args, '-c', 'notifierd.yaml'], { cwd: dir.path });
    written.push(finished.stdout, finished.stderr);
    return finished;
  };
  const listed = async (...args: readonly string[]): Promise<readonly Listed[]> => {
    const { code, stdout, stderr } = await run('list', '--json', ...args);
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  };
  const post = async (sink: string, alert: MadeAlert): Promise<void> => {
    const body = webhookBody(alert.name, [alert]);
    assert.equal(await postWebhook(`${daemon.url}/dingtalk/${sink}/send`, body), 200);
  };
  const givenUp = (): number => daemon.logs().split('"message given up"').length - 1;
  /** Posts an alert that DingTalk will not take; the id of its dead letter. */
  const bury = async (sink: string, alert: MadeAlert): Promise<string> => {
    // For this robot's next call alone: another one may still be busy with the test before.
    sim.orderFaults([{ kind: 'errcode', errcode: MALFORMED, robot: sink }]);
    const before = givenUp();
    await post(sink, alert);
    await eventually(`${alert.name} is given up`, () => givenUp() > before);
    // Recorded a moment after it is logged.
    return await eventually(`${alert.name} is listed`, async () => {
      const letter = (await listed()).find(({ events }) => events[0]?.name === alert.name);
      return letter && idOf(letter);
    });
  };
  const titles = (robot: string): readonly (string | undefined)[] =>
    sim.messages(robot).map((message) => message.title);

  test('are none at first', async () => {
    const { code, stdout } = await run('list');
    assert.deepEqual([code, stdout], [0, 'no dead letters\n']);
    assert.deepEqual(await listed(), []);
  });

  test('are listed and shown while the daemon runs, with all that led there', async () => {
    const id = await bury('ops', {
      name: 'Shown',
      labels: { instance: 'web-1' },
      annotations: { summary: `${TOKEN}-ops in a text` },
    });
    const list = await run('list', '--sink', 'ops');
    assert.match(list.stdout, new RegExp(`^${id}  ops  died \\S+Z after 1 attempt: bad_request\n`));
    assert.match(list.stdout, /\n {4}firing warning Shown: description of Shown\n1 dead letter of ops\n$/);
    const { stdout } = await run('show', id);
    assert.match(stdout, /\n1 attempt\n {2}\S+Z {2}\d+\.\d s {2}refused bad_request {2}.*400105/);
    assert.match(stdout, /\n {2}labels {7}alertname="Shown".* instance="web-1"\n/);
    assert.match(stdout, /\n {2}summary {6}<secret> in a text\n/);
    assert.match(stdout, /\n {2}link {9}http:\/\/prometheus-k8s-0:9090\/graph\?g0\.expr=Shown&g0\.tab=1\n/);
    const { stdout: json } = await run('show', id, '--json');
    const [line] = await listed();
    assert.deepEqual(JSON.parse(json), line);
  });

  test('retried while the daemon runs: it takes the event up with its next work, and people see it once', async () => {
    const [letter] = await listed();
    const id = String(letter?.id);
    const { code, stdout, stderr } = await run('retry', id);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^${id}: 1 event back in the lane of ops\n.*within 30 seconds`));
    const again = await run('retry', id);
    assert.deepEqual([again.code, again.stdout], [0, `${id}: was retried before; nothing changed\n`]);
    // Whatever arrives wakes the lane; without it, it looks after 30 s.
    await post('ops', { name: 'Next' });
    await eventually('both are shown', () => titles('ops').length === 2);
    assert.deepEqual(titles('ops'), ['Shown', 'Next']);
    assert.deepEqual(await listed(), []);
    const late = await run('drop', id);
    assert.deepEqual([late.code, late.stdout], [1, '']);
    assert.match(late.stderr, /is no dead letter any more: it was retried/);
  });

  test('retried all together while the daemon is stopped: delivered in their order when it starts', async () => {
    for (const name of ['First', 'Second']) await bury('batch', { name });
    await daemon.stop();
    const { code, stdout } = await run('retry', '--all', '--sink', 'batch');
    assert.equal(code, 0);
    assert.match(stdout, /\n2 dead letters retried: .* the 2 events .* when it starts\n$/);
    daemon = await start();
    await eventually('both are shown', () => titles('batch').length === 2);
    assert.deepEqual(titles('batch'), ['First', 'Second']);
    const { stdout: nothing } = await run('retry', '--all');
    assert.equal(nothing, 'no dead letters\n');
  });

  test('dropped: no longer listed and never delivered; twice is fine', async () => {
    const id = await bury('ops', { name: 'Dropped' });
    const first = await run('drop', id);
    assert.deepEqual(
      [first.code, first.stdout],
      [0, `${id}: dropped: 1 event will not be delivered to ops\n`],
    );
    const second = await run('drop', id);
    assert.deepEqual([second.code, second.stdout], [0, `${id}: was dropped before; nothing changed\n`]);
    assert.deepEqual(await listed(), []);
    const { code, stderr } = await run('retry', id, '999999');
    assert.equal(code, 1);
    assert.match(stderr, /it was dropped\n(?:.*\n)*notifierd: 999999 is not in the outbox/);
    assert.equal(titles('ops').includes('Dropped'), false);
  });

  test('of a sink that is not configured any more: can be looked at and dropped, not retried', async () => {
    const id = await bury('gone', { name: 'Gone' });
    await bury('kept', { name: 'Kept' });
    await daemon.stop();
    daemon = await start(ROBOTS.filter((name) => name !== 'gone'));
    const { code, stdout, stderr } = await run('retry', '--all');
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^notifierd: ${id} stays a dead letter: .* no enabled sink gone\n`));
    assert.match(stdout, /\n1 dead letter retried/);
    assert.deepEqual((await listed('--sink', 'gone')).map(idOf), [id]);
    assert.equal((await run('drop', id)).code, 0);
    await post('kept', { name: 'Waking' });
    await eventually('the other is shown', () => titles('kept').includes('Kept'));
  });

  test('of many, the latest are listed, as many as asked for', async () => {
    const ids = [await bury('many', { name: 'One' }), await bury('many', { name: 'Two' })];
    assert.deepEqual((await listed('--limit', '1')).map(idOf), ids.slice(1));
    const { stdout } = await run('list', '--limit', '1');
    assert.match(stdout, /\n2 dead letters, the latest 1 shown; --limit N shows more\n$/);
    assert.equal((await run('drop', ...ids)).code, 0);
  });

  const wrong: readonly { name: string; args: readonly string[]; code: number; says: RegExp }[] = [
    { name: 'no word', args: [], code: 2, says: /expected list, show, retry or drop, got "-c"/ },
    {
      name: 'an unknown word',
      args: ['lst'],
      code: 2,
      says: /expected list, show, retry or drop, got "lst"/,
    },
    { name: 'an unknown option', args: ['drop', '--all'], code: 2, says: /--all/ },
    { name: 'show without an id', args: ['show'], code: 2, says: /expected an ID/ },
    { name: 'an id that is none', args: ['drop', '1.5'], code: 2, says: /the ID of .* number, got "1\.5"/ },
    { name: 'retry without ids', args: ['retry'], code: 2, says: /expected IDs or --all/ },
    { name: 'retry with ids and all', args: ['retry', '1', '--all'], code: 2, says: /expected IDs or --all/ },
    {
      name: 'retry with ids and sink',
      args: ['retry', '1', '--sink', 'ops'],
      code: 2,
      says: /goes with --all/,
    },
    { name: 'drop without ids', args: ['drop'], code: 2, says: /expected IDs/ },
    { name: 'a limit of nothing', args: ['list', '--limit', '0'], code: 2, says: /--limit, got "0"/ },
    {
      name: 'a slip in a sink',
      args: ['list', '--sink', 'opps'],
      code: 2,
      says: /no sink is named "opps"; there are ops, batch, kept, many, log, gone/,
    },
    {
      name: 'a letter that is not there',
      args: ['show', '999999'],
      code: 1,
      says: /there is no dead letter 999999\n {2}it may have been/,
    },
  ];
  for (const { name, args, code, says } of wrong) {
    test(`${name}: exit code ${code}, and what is wrong`, async () => {
      const finished = await run(...args);
      assert.deepEqual([finished.code, finished.stdout], [code, '']);
      assert.match(finished.stderr, says);
    });
  }

  test('without a configuration, or without an outbox: says so, and creates nothing', async () => {
    const bare = await runCli(['dead-letters', 'list']);
    assert.equal(bare.code, 2);
    assert.match(bare.stderr, /expected --config FILE/);
    const text = JSON.stringify({
      outbox: { url: 'sqlite:nowhere/x.db' },
      sinks: { log: { plugin: 'console' } },
    });
    writeFileSync(join(dir.path, 'elsewhere.yaml'), text);
    const { code, stderr } = await runCli(['dead-letters', 'list', '-c', 'elsewhere.yaml'], {
      cwd: dir.path,
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^notifierd: there is no outbox at \/.*\/nowhere\/x\.db\n {2}notifierd serve makes it/,
    );
    assert.equal(existsSync(join(dir.path, 'nowhere')), false);
  });

  test('never disturbed the daemon, and never showed a secret', () => {
    assert.doesNotMatch(daemon.logs(), /the lane cannot go on|outbox_unavailable/);
    const secrets = { tokens: TOKEN, secret: SECRET };
    assert.deepEqual(
      written.flatMap((text) => leaksIn(text, secrets)),
      [],
    );
  });
});

/** What these tests read of a line of JSON. */
interface Listed {
  readonly id: number;
  readonly events: readonly { readonly name: string }[];
}

function idOf({ id }: Listed): string {
  return String(id);
}
