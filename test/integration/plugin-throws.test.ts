/**
 * A plugin that throws for every message, as one does whose library or certificate is broken: no alert is given up on, `/-/ready` says so,
 * and once it works all is told. A real daemon with a plugin of its own that reads from a file whether it works.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postUntilAnswered, webhookBody } from '../support/webhook.ts';

const NAMES = ['First', 'Second', 'Third', 'Fourth'];

const PLUGIN = `
import { appendFileSync, existsSync } from 'node:fs';

export default {
  name: 'throwing',
  schema: { file: { doc: 'Where messages go, once there is one.', format: 'text', default: '' } },
  create: ({ file }) => ({
    limits: { eventsPerMessage: 1 },
    compose: ([event]) => ({ form: 'text', body: event.name, covers: 1 }),
    plain: (title) => ({ form: 'text', body: title }),
    async send({ body }) {
      if (!existsSync(file)) throw new Error('nothing works');
      appendFileSync(file, body + '\\n');
      return { kind: 'delivered' };
    },
  }),
};
`;

test('a plugin that throws for all messages costs none of them', async (t) => {
  const dir = createTempDir();
  t.after(dir.remove);
  const file = join(dir.path, 'told.txt');
  writeFileSync(join(dir.path, 'throwing.mjs'), PLUGIN);
  const sinks = { ops: { plugin: './throwing.mjs', file } };
  const daemon = await startDaemon({ dir: dir.path, config: { sinks } });
  t.after(async () => await daemon.stop());
  for (const name of NAMES)
    assert.equal(await postUntilAnswered(daemon.url, webhookBody(name, [{ name }])), 200);

  await eventually('it is ready, and says what is wrong', async () => {
    const answer = await fetch(`${daemon.url}/-/ready`);
    const said = /^sink ops delivers nothing since .*, every message fails \(internal\), 4 events wait/m;
    return answer.status === 200 && said.test(await answer.text());
  });
  const failed = async (): Promise<number> => daemon.logs().split('the plugin failed in send()').length - 1;
  await eventually('each of them has failed, and one again', async () => (await failed()) > NAMES.length);
  assert.equal(existsSync(file), false);

  writeFileSync(file, '');
  const told = (): readonly string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  await eventually('all are told', () => told().length >= NAMES.length, { withinMs: 60_000 });
  assert.deepEqual([...told()].sort(), NAMES.toSorted());
  assert.doesNotMatch(daemon.logs(), /message given up/);
});
