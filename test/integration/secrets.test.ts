/**
 * No secret leaves notifierd but in the request that needs it: a real daemon goes through every kind of trouble at the most talkative
 * log level, and then all that it wrote anywhere is searched for every secret that it was given.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { readFixture } from '../support/fixtures.ts';
import { leaksIn, type NamedSecrets } from '../support/leaks.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';
import { askEverything, attemptsOf } from './secrets/ask.ts';
import { CHAT } from './secrets/chatty-plugin.ts';
import { type FaultyConfig, faultyConfigs } from './secrets/faulty-configs.ts';
import { type Scene, type SceneOptions, startScene } from './secrets/scene.ts';
import { madeUpSecret } from './secrets/troubles.ts';

const RUNS: readonly SceneOptions[] = [
  { format: 'json', proxied: true },
  { format: 'text', proxied: false },
];
const CHATTY_PLUGIN = fileURLToPath(new URL('./secrets/chatty-plugin.ts', import.meta.url));
/** There are some fifty sinks at work. */
const PATIENCE = { withinMs: 60_000 };

describe('no secret shows', () => {
  for (const run of RUNS) {
    test(`through every trouble, with logs as ${run.format}${run.proxied ? ', behind a proxy' : ''}`, async (context) => {
      const scene = await startScene(run, context);
      const { daemon, sim, sinks, ban, proxy } = scene;
      for (const { name } of sinks) await postTo(scene, name);
      await eventually('every sink has tried', () => isAllTried(scene), PATIENCE);
      await postTo(scene, ban.name);
      await eventually(
        'the last sink has tried',
        async () => (await attemptsOf(scene)).has(ban.name),
        PATIENCE,
      );
      assert.deepEqual(sim.state().waitingFaults, [], 'every trouble was met');
      assert.equal(proxy.passed() > 0, run.proxied);

      const asked = await askEverything(scene);
      const rendered = await runCli(['render', 'notifierd.yaml', '--sink', 'healthy'], {
        cwd: daemon.dir,
        input: readFixture('firing-typical.json').toString('utf8'),
      });
      assert.match(rendered.stdout, /"msgtype":"link"/);
      const files = scene.outboxFiles();
      await daemon.stop();
      assert.match(daemon.logs(), /\baborted\b/, 'the request under way was ended by the stop');
      assert.match(daemon.logs(), /effective/, 'the log is at its most talkative');

      expectNoLeak(scene.secrets, {
        ...asked,
        'the log': daemon.logs(),
        'standard output': daemon.stdout(),
        'render, standard output': rendered.stdout,
        'render, standard error': rendered.stderr,
        ...Object.fromEntries(files.map(({ name, bytes }) => [`${name} while running`, bytes])),
        ...Object.fromEntries(
          scene.outboxFiles().map(({ name, bytes }) => [`${name} after the stop`, bytes]),
        ),
      });
      assert.ok(
        files.some(({ name }) => name.endsWith('-wal')),
        'the write-ahead log was searched',
      );
    });
  }

  describe('in what is said about a configuration with faults', () => {
    const dir = createTempDir();
    const secrets = { secret: madeUpSecret('SEC'), plainSecret: `SEC${randomBytes(24).toString('hex')}` };
    const configs = faultyConfigs({ ...secrets, tokenFile: 'token' });
    writeFileSync(join(dir.path, 'token'), secrets.secret);
    after(dir.remove);
    const check = async ({ text, env = {} }: FaultyConfig, ...command: readonly string[]): Promise<void> => {
      writeFileSync(join(dir.path, 'faulty.yaml'), text);
      const { code, stdout, stderr } = await runCli([...command, 'faulty.yaml'], { cwd: dir.path, env });
      assert.equal(code, 1, stdout + stderr);
      expectNoLeak(secrets, { 'standard output': stdout, 'standard error': stderr });
    };

    for (const config of configs) {
      test(`by check-config: ${config.name}`, async () => await check(config, 'check-config'));
    }

    test('by serve', async () => {
      for (const config of configs.slice(0, 1)) await check(config, 'serve', '--config');
    });
  });

  for (const { format } of RUNS) {
    test(`even if a plugin logs and throws what it was given, with logs as ${format}`, async (context) => {
      const [dir, token] = [createTempDir(), madeUpSecret('tok')];
      context.after(dir.remove);
      const daemon = await startDaemon({
        dir: dir.path,
        config: { log: { level: 'debug', format }, sinks: { chatty: { plugin: CHATTY_PLUGIN, token } } },
      });
      context.after(() => daemon.kill9());
      assert.equal(await postWebhook(daemon.url, webhookBody('chatty', [{ name: 'DiskFull' }])), 200);
      await eventually('the plugin has failed', () => daemon.logs().includes('the plugin failed in send()'));
      await daemon.stop();
      assert.ok(daemon.logs().includes(`${CHAT} <secret>`), daemon.logs());
      expectNoLeak({ token }, { 'the log': daemon.logs(), 'standard output': daemon.stdout() });
    });
  }
});

type Written = Readonly<Record<string, string | Uint8Array>>;

function expectNoLeak(secrets: NamedSecrets, written: Written): void {
  const leaks = Object.entries(written).flatMap(([where, content]) =>
    leaksIn(content, secrets).map((leak) => `${where}: ${leak}`),
  );
  assert.deepEqual(leaks, []);
}

async function postTo({ daemon, bearerToken }: Scene, sink: string): Promise<void> {
  const body = webhookBody(sink, [{ name: 'DiskFull' }]);
  const headers = { authorization: `Bearer ${bearerToken}`, 'content-type': 'application/json' };
  const answer = await fetch(`${daemon.url}/dingtalk/${sink}/send`, { method: 'POST', body, headers });
  assert.equal(answer.status, 200, await answer.text());
}

/** Every sink but the one whose answer never comes; of that one, the request. */
async function isAllTried(scene: Scene): Promise<boolean> {
  const tried = await attemptsOf(scene);
  const hanging = scene.sim.requests().some(({ fault }) => fault === 'hang_after');
  const missing = scene.sinks.filter(({ name }) => name !== 'hanging' && !tried.has(name));
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
  );
  return hanging;
}
