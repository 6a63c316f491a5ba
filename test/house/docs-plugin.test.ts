/** The example of docs/writing-a-plugin.md is the fixture, word for word, and delivers in a real daemon as a third party's plugin. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createPluginLoader } from '../../src/core/plugin/load.ts';
import { describePlugin, loadSubject } from '../contract/plugin-suite.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';
import { fencesOf, readPage } from './docs-markdown.ts';
import { readTree } from './source-tree.ts';

const PAGE = readPage('docs/writing-a-plugin.md');
const FOLDER = 'test/fixtures/plugins/board';
const INDEX = fileURLToPath(new URL(`../../${FOLDER}/index.ts`, import.meta.url));
const PLUGINS = new URL('../../src/plugins/', import.meta.url);

const received: {
  readonly authorization: string | undefined;
  readonly card: Readonly<Record<string, string>>;
}[] = [];
const dir = createTempDir();
let board: Server;
let daemon: Daemon;

before(async () => {
  board = createServer(async (request, answer) => {
    const card = JSON.parse(await text(request));
    received.push({ authorization: request.headers.authorization, card });
    answer.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  await new Promise<void>((resolve) => board.listen(0, '127.0.0.1', resolve));
  daemon = await startDaemon({ dir: dir.path, config: { sinks: sampleSinks() } });
});
after(async () => {
  await daemon?.stop();
  board?.closeAllConnections();
  board?.close();
  dir.remove();
});

test('the page shows the four files of the fixture as they would stand in src/plugins', () => {
  const files = readTree(FOLDER);
  const shown = fencesOf(PAGE)
    .filter(({ language }) => language === 'ts')
    .map((fence) => fence.text);
  const moved = files.map((file) => file.text.replaceAll('../../../../src/core/', '../../core/'));
  assert.deepEqual([...shown].sort(), [...moved].sort());
  assert.equal(files.length, 4);
});

test('delivers a webhook as the configuration on the page has it', async () => {
  assert.equal(await postWebhook(`${daemon.url}/`, webhookBody('g', [{ name: 'DiskFull' }])), 200);
  const [first] = await eventually('the board has the card', () => received.length > 0 && received);
  assert.equal(first?.authorization, 'Bearer t0ken-of-the-board');
  const { id, ...card } = first?.card ?? {};
  assert.match(id ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(card, {
    title: 'DiskFull',
    text: 'firing, warning: description of DiskFull',
    url: 'http://prometheus-k8s-0:9090/graph?g0.expr=DiskFull&g0.tab=1',
  });
  assert.doesNotMatch(daemon.logs(), /t0ken-of-the-board/);
});

test('is found by its path only', async () => {
  await assert.rejects(createPluginLoader({ pluginsDir: PLUGINS }).find('board'), { code: 'plugin_unknown' });
});

describePlugin(await loadSubject(INDEX, PLUGINS));

/** The sample of the page, with the fixture's path, the board's address and a secret file that is there. */
function sampleSinks(): unknown {
  const sample = fencesOf(PAGE).find((fence) => fence.language === 'yaml' && fence.text.startsWith('sinks:'));
  // The page's own sample; the daemon checks it.
  const { sinks } = parse(sample?.text ?? '') as { sinks: Record<string, Record<string, string>> };
  const { port } = board.address() as AddressInfo; // it listens on TCP
  return Object.fromEntries(
    Object.entries(sinks).map(([name, keys]) => {
      const secret = join(dir.path, keys.token_file ?? '');
      mkdirSync(dirname(secret), { recursive: true });
      writeFileSync(secret, 't0ken-of-the-board\n');
      return [name, { ...keys, plugin: INDEX, endpoint: `http://127.0.0.1:${port}/cards` }];
    }),
  );
}
