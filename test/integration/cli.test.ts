/** The command line as a person meets it: real processes, their output and exit codes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { MAIN, runCli } from '../support/cli.ts';
import { readFixture } from '../support/fixtures.ts';
import { createTempDir } from '../support/temp-dir.ts';

describe('the command line', () => {
  const dir = createTempDir();
  after(() => dir.remove());
  const file = (name: string, text: string): string => {
    const path = join(dir.path, name);
    writeFileSync(path, text);
    return path;
  };

  test('--version names version and runtime', async () => {
    const { code, stdout } = await runCli(['--version']);
    assert.equal(code, 0);
    assert.match(stdout, /^notifierd, version \d+\.\d+\.\d+ \(node v\d+\.\d+\.\d+, \w+\/\w+\)\n$/);
  });

  test('--help names every command, and so does calling it without one, with exit code 2', async () => {
    const help = await runCli(['--help']);
    for (const command of ['serve', 'check-config', 'render', 'events', 'dead-letters'])
      assert.match(help.stdout, new RegExp(`notifierd ${command} `));
    const bare = await runCli([]);
    assert.deepEqual([help.code, bare.code, bare.stdout], [0, 2, help.stdout]);
  });

  test('a command whose reader has seen enough (`| head`) ends quietly, with exit code 0', async () => {
    const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    assert.deepEqual([code, complaint], [0, '']);
  });

  const full = '/dev/full';
  test('a command that cannot write says so', {
    skip: !existsSync(full) && `there is no ${full}`,
  }, async () => {
    const disk = openSync(full, 'w');
    const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', disk, 'pipe'] });
    closeSync(disk);
    assert.ok(child.stderr);
    const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    assert.deepEqual([code, complaint], [1, 'notifierd: cannot write to standard output: ENOSPC\n']);
  });

  const wrong: { name: string; args: string[]; says: RegExp }[] = [
    { name: 'an unknown command', args: ['srve'], says: /there is no command "srve"/ },
    { name: 'an unknown option', args: ['serve', '--confg', 'x'], says: /--confg/ },
    { name: 'serve without a file', args: ['serve'], says: /expected --config FILE/ },
    { name: 'check-config without a file', args: ['check-config'], says: /expected a FILE/ },
    { name: 'a word too many', args: ['check-config', 'a', 'b'], says: /did not expect "b"/ },
    { name: 'render without a sink', args: ['render', 'a'], says: /--sink NAME/ },
  ];
  for (const { name, args, says } of wrong) {
    test(`${name}: exit code 2, what is wrong, and where help is`, async () => {
      const { code, stderr } = await runCli(args);
      assert.equal(code, 2);
      assert.match(stderr, says);
      assert.match(stderr, /notifierd --help/);
    });
  }

  test('check-config lists every fault at once, with path and cure, and no secret', async () => {
    const config = file(
      'faulty.yaml',
      [
        'http: { port: 99999, hots: 1.2.3.4 }',
        'intake: { dedup_window: often }',
        'sinks:',
        '  ops: { plugin: dingtalk, access_token: s3cr3t-token, access_token_file: ./nowhere, pace_per_window: 40 }',
        '  log: { plugin: consol }',
        'routes:',
        '  - { matchers: ["severity=~("], sinks: [nobody] }',
      ].join('\n'),
    );
    const { code, stdout, stderr } = await runCli(['check-config', config]);
    assert.deepEqual([code, stdout], [1, '']);
    for (const path of [
      'http.port',
      'http.hots',
      'intake.dedup_window',
      'sinks.ops.access_token',
      'sinks.log.plugin',
      'routes[0].matchers[0]',
      'routes[0].sinks[0]',
    ]) {
      assert.ok(stderr.includes(`  ${path}`), `${path} is missing in:\n${stderr}`);
    }
    assert.doesNotMatch(stderr, /s3cr3t/);
  });

  test('check-config says that a good file is good, and serve refuses a faulty one with the same text', async () => {
    const good = await runCli(['check-config', 'config/notifierd.yaml'], {
      cwd: new URL('../..', import.meta.url).pathname,
    });
    assert.deepEqual([good.code, good.stderr], [0, '']);
    const config = file('empty.yaml', '');
    const [checked, served] = [
      await runCli(['check-config', config]),
      await runCli(['serve', '--config', config]),
    ];
    assert.deepEqual([served.code, served.stderr], [checked.code, checked.stderr]);
    assert.equal(served.code, 1);
  });

  describe('render', () => {
    mkdirSync(join(dir.path, 'secrets'));
    file('secrets/token', 'a-token\n');
    const config = file(
      'render.yaml',
      [
        'links: { prometheus_url: "http://203.0.113.10:30027/" }',
        'sinks:',
        '  ops: { plugin: dingtalk, access_token_file: secrets/token }',
        '  log: { plugin: console, format: json }',
      ].join('\n'),
    );
    const render = async (sink: string, fixture: string) =>
      await runCli(['render', config, '--sink', sink], {
        input: readFixture(fixture).toString(),
        cwd: dir.path,
      });

    test('prints the exact bodies, one JSON a line, the same each time', async () => {
      const { code, stdout, stderr } = await render('ops', 'lifecycle-2-mixed.json');
      assert.deepEqual([code, stderr], [0, '']);
      const bodies = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        bodies.map((body) => [
          body.msgtype,
          body.link.title,
          body.link.text.split(':')[0],
          body.link.messageUrl,
        ]),
        ['resolved', 'firing', 'firing'].map((status) => [
          'link',
          'ShopHighErrorRate',
          status,
          'http://203.0.113.10:30027/graph?g0.expr=shop_http_error_ratio+%3E+0.05&g0.tab=1',
        ]),
      );
      assert.equal(new Set(bodies.map((body) => body.msgUuid)).size, 3);
      assert.equal((await render('ops', 'lifecycle-2-mixed.json')).stdout, stdout);
    });

    test('shows the worst first, as a lane would send them', async () => {
      const { stdout } = await render('log', 'firing-mixed-severities.json');
      const severities = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).severity);
      assert.deepEqual(severities, ['critical', 'warning', 'info']);
    });

    test('refuses an unknown sink and a payload that notifierd would refuse', async () => {
      const unknown = await render('opps', 'firing-minimal.json');
      assert.equal(unknown.code, 1);
      assert.match(unknown.stderr, /no sink is named "opps"; there are ops, log/);
      const { code, stderr } = await runCli(['render', config, '--sink', 'ops'], {
        input: '{}',
        cwd: dir.path,
      });
      assert.equal(code, 1);
      assert.match(stderr, /not an Alertmanager webhook/);
    });
  });
});
