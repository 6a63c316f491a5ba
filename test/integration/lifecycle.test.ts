/** Start, stop, start again: real processes on real files. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { loadConfig } from '../../src/core/config/load.ts';
import { startDaemon as startInProcess } from '../../src/core/daemon.ts';
import { BUILT_IN_PLUGINS, createPluginLoader } from '../../src/core/plugin/load.ts';
import { createLogger } from '../../src/core/telemetry/logger.ts';
import { runCli } from '../support/cli.ts';
import { type Daemon, type DaemonOptions, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';

const CONSOLE = { sinks: { log: { plugin: 'console', format: 'json', file: 'out.jsonl' } } };

function lines(dir: string): string[] {
  const file = join(dir, 'out.jsonl');
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}

/** A daemon that a failing test does not leave behind. */
async function start(t: TestContext, options: DaemonOptions): Promise<Daemon> {
  const daemon = await startDaemon(options);
  t.after(() => daemon.kill9());
  return daemon;
}

describe('the life of a daemon', () => {
  test('it says in a few lines what it will do, where it listens, and that it ended', async (t) => {
    const daemon = await start(t, { config: { ...CONSOLE, log: { format: 'text' } } });
    await daemon.waitReady();
    assert.equal((await fetch(`${daemon.url}/-/healthy`)).status, 200);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    const texts = daemon
      .logs()
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\S+ /, '').split(/ \w+=/)[0]);
    assert.deepEqual(texts, [
      'INFO  notifierd starts',
      'INFO  delivering',
      'INFO  listening',
      'INFO  stopping',
      'INFO  stopped',
    ]);
  });

  test('all files of its outbox are for their owner alone', async (t) => {
    const daemon = await start(t, { config: { ...CONSOLE, outbox: { url: 'sqlite:outbox/ours.db' } } });
    assert.equal(await postWebhook(`${daemon.url}/`, webhookBody('private', [{ name: 'Private' }])), 200);
    const dir = join(daemon.dir, 'outbox');
    const modes = readdirSync(dir).map((name) => [
      name,
      (statSync(join(dir, name)).mode & 0o777).toString(8),
    ]);
    assert.ok(modes.length >= 4, `${modes}`);
    assert.deepEqual(
      modes.filter(([, mode]) => mode !== '600'),
      [],
    );
  });

  test('SIGINT ends it as SIGTERM does', async (t) => {
    const daemon = await start(t, { config: CONSOLE });
    assert.deepEqual(await daemon.stop('SIGINT'), { code: 0, signal: null });
  });

  test('what was acknowledged before a kill is delivered by the next start, at once', async (t) => {
    const dir = createTempDir();
    // The sink's folder does not exist yet, so nothing can be delivered.
    const config = { sinks: { log: { plugin: 'console', format: 'json', file: 'later/out.jsonl' } } };
    const first = await start(t, { config, dir: dir.path });
    assert.equal(await postWebhook(first.url, webhookBody('g', [{ name: 'A' }, { name: 'B' }])), 200);
    await first.kill9();
    const second = await start(t, { config: CONSOLE, dir: dir.path });
    await eventually('both alerts are there', () => lines(dir.path).length === 2, { withinMs: 5_000 });
    assert.match(second.logs(), /"events":2,"msg":"resuming"/);
    await second.stop();
    dir.remove();
  });

  test('a second daemon on the same outbox is refused with a clear text, and the first goes on', {
    timeout: 60_000,
  }, async (t) => {
    const first = await start(t, { config: CONSOLE });
    const { code, stderr } = await runCli(['serve', '--config', 'notifierd.yaml'], { cwd: first.dir });
    assert.equal(code, 1);
    assert.match(stderr, /notifierd\.db is in use by another notifierd/);
    assert.equal(await postWebhook(first.url, webhookBody('g', [{ name: 'A' }])), 200);
    await first.stop();
  });

  test('a port in use and a file that is no database end the start with a clear text', async () => {
    const dir = createTempDir();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    writeFileSync(
      join(dir.path, 'a.yaml'),
      JSON.stringify({ ...CONSOLE, http: { host: '127.0.0.1', port } }),
    );
    const busy = await runCli(['serve', '--config', 'a.yaml'], { cwd: dir.path });
    taken.close();
    assert.equal(busy.code, 1);
    assert.match(busy.stderr, /something else listens there/);

    writeFileSync(join(dir.path, 'broken.db'), 'this is not SQLite, this is just text. '.repeat(50));
    writeFileSync(
      join(dir.path, 'b.yaml'),
      JSON.stringify({ ...CONSOLE, outbox: { url: 'sqlite:broken.db' } }),
    );
    const broken = await runCli(['serve', '--config', 'b.yaml'], { cwd: dir.path });
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /broken\.db is not a usable SQLite database/);
    dir.remove();
  });

  test('two daemons live side by side in one process', async () => {
    const { find } = createPluginLoader({ pluginsDir: BUILT_IN_PLUGINS });
    const dirs = [createTempDir(), createTempDir()];
    const log = createLogger({
      level: 'error',
      format: 'text',
      redact: (text) => text,
      destination: { write: () => {} },
    });
    const daemons = [];
    for (const { path } of dirs) {
      const file = join(path, 'c.yaml');
      const sinks = { log: { plugin: 'console', format: 'json', file: join(path, 'out.jsonl') } };
      writeFileSync(file, JSON.stringify({ http: { host: '127.0.0.1', port: 0 }, sinks }));
      const config = await loadConfig(file, { env: {}, findPlugin: find, directory: path });
      daemons.push(await startInProcess(config, { log, version: 'test' }));
    }
    for (const [index, { url }] of daemons.entries()) {
      assert.equal(await postWebhook(url, webhookBody('g', [{ name: `alert${index}` }])), 200);
    }
    for (const [index, { path }] of dirs.entries()) {
      await eventually('the alert is there', () => lines(path).length === 1);
      assert.equal(JSON.parse(lines(path)[0] ?? '').name, `alert${index}`);
    }
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    for (const dir of dirs) dir.remove();
  });
});
