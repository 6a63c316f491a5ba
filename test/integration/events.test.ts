/**
 * `notifierd events` on the file of a real daemon, running and stopped: what the simulator did to a message is what the ledger says.
 * Every state that the ledger knows is in test/contract/ledger-suite.ts.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { type DingTalkSim, startDingTalkSim } from '../support/dingtalk-sim/server.ts';
import { eventually } from '../support/eventually.ts';
import { leaksIn } from '../support/leaks.ts';
import { ownPort } from '../support/own-port.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { type MadeAlert, postWebhook, webhookBody } from '../support/webhook.ts';

/** DingTalk: no such type of message; no such token. */
const [MALFORMED, NO_TOKEN] = [400105, 300005];
const TOKEN = 'a-token-that-nobody-should-see';
const SECRET = 'SECa-secret-that-nobody-should-see';
/** One for each test that sends, so that no test meets the trouble of another. */
const ROBOTS = ['ops', 'letters', 'slow', 'shut'];
const TIME = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';
const CLOCK = `(?:${TIME}|\\d\\d:\\d\\d:\\d\\dZ)`;

describe('events on the command line', () => {
  const dir = createTempDir();
  let sim: DingTalkSim;
  let daemon: Daemon;
  const written: string[] = [];

  before(async () => {
    sim = await startDingTalkSim({
      robots: ROBOTS.map((name) => ({ name, token: `${TOKEN}-${name}`, secret: SECRET })),
    });
    const robots = ROBOTS.map((name) => [
      name,
      { plugin: 'dingtalk', endpoint: sim.url, access_token: `${TOKEN}-${name}`, secret: SECRET },
    ]);
    const away = {
      plugin: 'dingtalk',
      endpoint: `http://127.0.0.1:${await ownPort()}`,
      access_token: TOKEN,
    };
    const sinks = { ...Object.fromEntries(robots), away, log: { plugin: 'console' } };
    daemon = await startDaemon({ dir: dir.path, config: { sinks } });
  });
  after(async () => {
    await daemon?.stop();
    await sim?.close();
    dir.remove();
  });

  const cli = async (...args: readonly string[]): Promise<Finished> => {
    const finished = await runCli(args, { cwd: dir.path });
    written.push(finished.stdout, finished.stderr);
    return finished;
  };
  const run = async (...args: readonly string[]): Promise<Finished> =>
    await cli('events', '-c', 'notifierd.yaml', ...args);
  const linesOf = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await run(...args);
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').filter((line) => line !== '');
  };
  const post = async (sink: string, alert: MadeAlert): Promise<void> => {
    const body = webhookBody(alert.name, [alert]);
    assert.equal(await postWebhook(`${daemon.url}/dingtalk/${sink}/send`, body), 200);
  };
  /** The only line about this sink, as soon as it says so. */
  const says = async (sink: string, what: RegExp): Promise<string> =>
    await eventually(`${sink}: ${what.source}`, async () => {
      const [line = '', ...others] = await linesOf('--sink', sink);
      return others.length === 0 && what.test(line) && line;
    });

  test('are none at first, of every sink and of one', async () => {
    assert.deepEqual(await linesOf(), ['no events']);
    const [none = ''] = await linesOf('--sink', 'ops', '--since', '2026-11-22T10:00:01Z');
    assert.equal(none, 'no events of ops since 2026-11-22T10:00:01Z');
  });

  test('say who was told, when, and in which message', async () => {
    const annotations = { summary: `${TOKEN}-ops in a text` };
    await post('ops', { name: 'Told', labels: { instance: 'web-1\u001b' }, annotations });
    const line = await says('ops', / {2}delivered /);
    const uuid = sim.messages('ops')[0]?.msgUuid;
    const labels = 'group="Told" instance="web-1\\\\u001b"|instance="web-1\\\\u001b" group="Told"';
    assert.match(
      line,
      new RegExp(
        `^${TIME} {2}firing warning Told {2}(?:${labels}) {2}ops {2}delivered ${CLOCK} in link ${uuid}$`,
      ),
    );
  });

  test('as JSON are one line each, with all that is known', async () => {
    const [line = '', ...others] = await linesOf('--sink', 'ops', '--json');
    assert.deepEqual(others, []);
    const { name, sink, state, labels, attempts, reason, summary, ...entry } = JSON.parse(line);
    assert.deepEqual(
      [name, sink, state, labels.instance, attempts, reason, summary],
      ['Told', 'ops', 'delivered', 'web-1\u001b', 1, 'ok', '<secret> in a text'],
    );
    assert.equal(entry.message_id, sim.messages('ops')[0]?.msgUuid);
    for (const at of [entry.received_at, entry.delivered_at]) assert.ok(Date.parse(at) > 0);
  });

  test('name the dead letter that an event is in, and what came of it when it was tried again', async () => {
    sim.orderFaults([{ kind: 'errcode', errcode: MALFORMED, robot: 'letters' }]);
    await post('letters', { name: 'Buried' });
    const line = await says('letters', /dead letter \d+: bad_request$/);
    const id = /dead letter (\d+)/.exec(line)?.[1] ?? '';
    const { stdout } = await cli('dead-letters', 'show', id, '-c', 'notifierd.yaml');
    assert.match(stdout, /firing warning Buried/);
    assert.equal((await cli('dead-letters', 'retry', id, '-c', 'notifierd.yaml')).code, 0);
    assert.match((await linesOf('--sink', 'letters'))[0] ?? '', new RegExp(`dead letter ${id} retried: `));
    // Whatever arrives wakes the lane; without it, it looks after 30 s.
    await post('letters', { name: 'Waking' });
    await eventually('both are shown', () => sim.messages('letters').length === 2);
    await eventually('both are told of', async () => {
      const [waking = '', buried = ''] = await linesOf('--sink', 'letters');
      return waking.includes('  delivered ') && buried.includes(`dead letter ${id} retried: delivered `);
    });
  });

  test('say that a message is just being sent', async () => {
    sim.orderFaults([{ kind: 'hang_before', robot: 'slow' }]);
    await post('slow', { name: 'Hanging' });
    await says('slow', new RegExp(` {2}being sent since ${CLOCK}$`));
  });

  test('say once why a sink stands still, with cause and cure, and then what waits for it', async () => {
    sim.orderFaults([{ kind: 'errcode', errcode: NO_TOKEN, robot: 'shut' }]);
    await post('shut', { name: 'First' });
    await eventually('the lane is blocked', () => /"the lane is blocked/.test(daemon.logs()));
    await post('shut', { name: 'Second' });
    await eventually('the hold is on record', async () => (await linesOf('--sink', 'shut')).length === 3);
    const [hold = '', second = '', first = ''] = await linesOf('--sink', 'shut');
    assert.match(
      hold,
      new RegExp(`^shut is blocked until ${TIME} \\(bad_credential\\), 2 events wait: .{20,}$`),
    );
    assert.match(second, / Second {2}.* {2}waiting$/);
    assert.match(first, / First {2}.* {2}waiting for the next attempt.*, 1 attempt, last: bad_credential /);
    for (const line of await linesOf('--sink', 'shut', '--json')) assert.equal(JSON.parse(line).sink, 'shut');
    assert.deepEqual((await linesOf('--sink', 'ops')).length, 1);
  });

  test('are the newest, as many as asked for, and say so if there are more', async () => {
    const all = (await linesOf('--json')).map((line) => JSON.parse(line).name);
    assert.deepEqual(all, ['Second', 'First', 'Hanging', 'Waking', 'Buried', 'Told']);
    const lines = await linesOf('--sink', 'letters', '--limit', '1');
    assert.match(lines[0] ?? '', / Waking /);
    assert.deepEqual(lines.slice(1), ['the latest 1; there are more: --limit N shows them']);
    assert.equal((await linesOf('--sink', 'letters', '--limit', '2')).length, 2);
  });

  test('can be asked for from a time on, or from a while ago', async () => {
    const entries = (await linesOf('--json')).map((line) => JSON.parse(line));
    const since = entries[2].received_at;
    const names = (await linesOf('--json', '--since', since)).map((line) => JSON.parse(line).name);
    assert.deepEqual(names, ['Second', 'First', 'Hanging']);
    assert.equal((await linesOf('--json', '--since', '1h')).length, 6);
    assert.match((await linesOf('--since', '0')).at(-1) ?? '', /^no events since \S+Z$/);
  });

  test('say since when a sink gets nothing through to a channel that is away', async () => {
    await post('away', { name: 'Unsent' });
    await eventually('an attempt has failed', async () => (await linesOf('--sink', 'away')).length === 2);
    const [outage = '', unsent = ''] = await linesOf('--sink', 'away');
    assert.match(
      outage,
      new RegExp(
        `^away gets nothing through since ${TIME} \\(outage\\), 1 event waits: \\d+ failed attempts?, the next is `,
      ),
    );
    assert.match(unsent, / Unsent {2}.* {2}waiting for the next attempt.*, last: unreachable /);
  });

  test('can be looked up while no daemon runs', async () => {
    await daemon.stop();
    const names = (await linesOf('--json')).map((line) => JSON.parse(line).name);
    assert.deepEqual(names, ['Unsent', 'Second', 'First', 'Hanging', 'Waking', 'Buried', 'Told']);
  });

  const wrong: readonly { name: string; args: readonly string[]; says: RegExp }[] = [
    { name: 'a word too many', args: ['list'], says: /did not expect "list"/ },
    { name: 'an unknown option', args: ['--all'], says: /--all/ },
    { name: 'a limit of nothing', args: ['--limit', '0'], says: /a number for --limit, got "0"/ },
    {
      name: 'a time that is none',
      args: ['--since', 'yesterday'],
      says: /expected a time \(2026-11-22T10:00:01Z\) or a duration \(90m, 2h, 1d\) for --since, got "yesterday"/,
    },
    {
      name: 'a slip in a sink',
      args: ['--sink', 'opps'],
      says: /no sink is named "opps"; there are ops, letters, slow, shut, away, log/,
    },
  ];
  for (const { name, args, says: saying } of wrong) {
    test(`${name}: exit code 2, and what is wrong`, async () => {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, saying);
    });
  }

  test('without a configuration: says that one is needed', async () => {
    const { code, stderr } = await cli('events');
    assert.equal(code, 2);
    assert.match(stderr, /expected --config FILE/);
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
