/** A robot's limit holds for all replicas together: two sinks with one token are drained by two replicas, and neither knows of the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { sharesBecome } from '../support/replicas/holders.ts';
import { judgeBooks } from '../support/replicas/judgement.ts';
import { postOnce } from '../support/replicas/post.ts';
import { startStage } from '../support/replicas/stage.ts';
import { namesOf, toldIn } from '../support/told.ts';
import { webhookBody } from '../support/webhook.ts';

/** What the product keeps to; DingTalk's own limit, which the simulator watches, is 20 in 60 s. */
const STARTS = 18;
const WINDOW_MS = 65_000;
/** So many of them are kept for critical alerts. */
const RESERVED = 2;

test('two replicas that send under one token stay within its limit together', async (t) => {
  const stage = await startStage({
    robots: 1,
    replicas: 2,
    config: (endpoint) => {
      const sink = { plugin: 'dingtalk', endpoint, access_token: 'token-r0', pace_reserved: RESERVED };
      return {
        // Each alert goes at once, as a message of its own.
        delivery: { gather: '0s', gather_critical: '0s' },
        sinks: { one: sink, two: sink },
        routes: [
          { matchers: ['alertname="lone"'], sinks: ['one'] },
          { matchers: ['alertname!="lone"'], sinks: ['one', 'two'] },
        ],
      };
    },
  });
  t.after(() => stage.close());
  const { sim, replicas, query } = stage;
  await sharesBecome(replicas, [1, 1]);

  const told = async (): Promise<readonly string[]> => namesOf(toldIn(await sim.messages()));
  let posted = 0;
  const post = async (name: string, severity = 'warning'): Promise<void> => {
    const replica = replicas[posted++ % replicas.length];
    assert.ok(replica);
    const body = webhookBody(name, [{ name, labels: { severity } }]);
    assert.equal((await postOnce(replica, body)).status, 200);
  };
  const tells = async (count: number, withinMs = 20_000): Promise<void> =>
    void (await eventually(`${count} are told`, async () => (await told()).length >= count, { withinMs }));

  await post('lone');
  await tells(1);
  for (let pair = 1; pair < (STARTS - RESERVED) / 2; pair++) {
    await post(`pair${pair}`);
    await tells(1 + 2 * pair);
  }
  // One start is left, and both replicas want it.
  await post('last');
  await tells(STARTS - RESERVED);
  await post('critical', 'critical');
  await tells(STARTS);
  for (const name of ['late1', 'late2', 'late3']) await post(name);
  await tells(STARTS + 1 + 6, 2 * WINDOW_MS);

  const names = (await told()).filter((name) => name !== 'lone');
  assert.equal(names.length, 2 * new Set(names).size);
  await stage.drained(10_000);
  await judgeBooks(stage);
  const rows = await query('SELECT started_at::float8 AS at FROM attempt ORDER BY started_at');
  const starts = rows.map(({ at }) => Number(at));
  const gaps = starts.slice(STARTS).map((at, index) => at - (starts[index] ?? 0));
  t.diagnostic(
    `start ${STARTS + 1} came ${gaps[0]} ms after the first, the others ${gaps.slice(1)} ms after theirs`,
  );
  assert.ok((starts[STARTS - 1] ?? 0) - (starts[0] ?? 0) < WINDOW_MS / 2, 'the limit was not reached');
  for (const gap of gaps) assert.ok(gap >= WINDOW_MS);
});
