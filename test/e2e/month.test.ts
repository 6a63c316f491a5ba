/**
 * The calls of an organization's month, from plenty to none, on a fast clock that begins in the middle of a month: counted, forecast,
 * warned of and saved, but never held back.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type DeliveryScene,
  type DeliveryStage,
  MINUTE,
  startDeliveryStage,
} from '../support/delivery-scene.ts';

const TIMEOUT = { timeout: 60_000 };
/** Midnight in China: half of November is over, so that twice the calls are forecast. */
const HALF_TIME = Date.parse('2026-11-15T16:00:00Z');
const ORGANIZATION = 'organization="acme"';
const MONTH_CALLS = 10;
/** What DingTalk itself allows. */
const QUOTA = 16;
const BUDGET = { organization: 'acme', month_calls: MONTH_CALLS };

const monthCallsAre = async (scene: DeliveryScene, calls: number): Promise<void> =>
  await scene.metricIs(calls, { name: 'notifierd_month_calls', labels: ORGANIZATION });

/** Posts an alert and waits until so many alerts were told in all, with time enough between for each to count alone. */
const tell = async (scene: DeliveryScene, name: string, count: number): Promise<void> => {
  await scene.post(name);
  await scene.within(5, `${name} is told`, async () => (await scene.told()).length === count);
  await scene.pass(0.5);
};

/** What the log says of the month, oldest first. */
const warnings = (logs: string): readonly string[] =>
  Array.from(logs.matchAll(/"msg":"([^"]*the month's calls[^"]*)"/g), ([, text]) => text ?? '');

describe("the month's calls", () => {
  let stage: DeliveryStage;
  before(async () => {
    const simArgs = ['--month-quota', String(QUOTA)];
    stage = await startDeliveryStage({ rate: 120, startAt: HALF_TIME, simArgs });
  });
  after(async () => await stage?.stop());

  test(
    'are counted over sinks and restarts, warned of once each, and used until DingTalk refuses',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, {
        robots: ['one', 'two'],
        config: ({ robot }) => ({
          sinks: {
            one: { ...robot('one'), ...BUDGET, fallback: { sink: 'log', after: '1m' } },
            two: { ...robot('two'), ...BUDGET },
            log: { plugin: 'console' },
          },
          routes: [{ sinks: ['one', 'two'] }],
        }),
      });
      await monthCallsAre(scene, 0);
      for (const number of [1, 2, 3]) await tell(scene, `Alert${number}`, 2 * number);
      await monthCallsAre(scene, 6);
      await scene.metricIs(MONTH_CALLS, { name: 'notifierd_month_calls_allowed', labels: ORGANIZATION });
      await scene.metricIs(12, { name: 'notifierd_month_calls_forecast', labels: ORGANIZATION });
      assert.deepEqual(warnings(scene.daemon().logs()), []);

      await scene.restart();
      await monthCallsAre(scene, 6);
      for (const number of [4, 5, 6, 7, 8]) await tell(scene, `Alert${number}`, 2 * number);
      await monthCallsAre(scene, QUOTA);
      const said = [
        "the month's calls run low",
        "the month's calls run low",
        "the month's calls are used up, as far as notifierd counts",
      ];
      assert.deepEqual(warnings(scene.daemon().logs()), said);

      await scene.post('Alert9');
      await scene.within(5, 'the fallback tells of it', () => /Alert9/.test(scene.daemon().stdout()));
      assert.match(scene.daemon().stdout(), /for one, which cannot deliver.*Alert9/);
      const [refusal] = (await scene.calls('one')).filter(({ errcode }) => errcode === 90030);
      const [, until] = await scene.readiness(/^sink one is parked until (\S+) \(quota_exhausted\)/m);
      assert.ok(Date.parse(until ?? '') - (refusal?.at ?? 0) >= 60 * MINUTE, `parked only until ${until}`);
      await scene.pass(5);
      for (const robot of ['one', 'two']) {
        const refused = (await scene.calls(robot)).filter(({ errcode }) => errcode === 90030);
        assert.equal(refused.length, 1, robot);
      }
      assert.equal((await scene.told()).length, QUOTA);
      assert.deepEqual(warnings(scene.daemon().logs()), said);
    },
  );

  test(
    'are saved when they are scarce: three alerts that would be links become one digest',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, {
        robots: ['counted', 'free'],
        config: ({ robot }) => ({
          sinks: { counted: { ...robot('counted'), ...BUDGET }, free: robot('free') },
          routes: [
            { matchers: ['alertname=~"Single.*"'], sinks: ['counted'] },
            { sinks: ['counted', 'free'] },
          ],
        }),
      });
      const formsOf = async (robot: string, names: RegExp): Promise<readonly string[]> => {
        const told = (await scene.told(robot)).filter(({ name }) => names.test(name));
        return [...new Set(told.map(({ message }) => message))].map(({ msgtype }) => msgtype);
      };
      await scene.post('Early1', 'Early2', 'Early3');
      await scene.within(3, 'three are told in both groups', async () => (await scene.told()).length === 6);
      await scene.pass(0.5);
      assert.deepEqual(await formsOf('counted', /Early/), ['link', 'link', 'link']);
      for (const number of [1, 2, 3, 4, 5]) await tell(scene, `Single${number}`, 6 + number);
      await monthCallsAre(scene, 8);

      await scene.post('Late1', 'Late2', 'Late3');
      await scene.within(
        3,
        'three more are told in both groups',
        async () => (await scene.told()).length === 17,
      );
      assert.deepEqual(await formsOf('counted', /Late/), ['markdown']);
      assert.deepEqual(await formsOf('free', /Late/), ['link', 'link', 'link']);
      await monthCallsAre(scene, 9);
    },
  );

  test('are warned of once though the robot cannot be reached for a while', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, {
      robots: ['ops'],
      config: ({ gated }) => ({ sinks: { ops: { ...gated('ops'), ...BUDGET } } }),
    });
    for (const number of [1, 2, 3, 4, 5, 6]) await tell(scene, `Alert${number}`, number);
    await scene.gate.close();
    await scene.post('Alert7');
    await scene.within(5, 'a few attempts have failed', async () => {
      const labels = 'sink="ops",outcome="retry",reason="unreachable"';
      return (await scene.metric('notifierd_attempts_total', labels)) >= 4;
    });
    // What never reached DingTalk does not count.
    await monthCallsAre(scene, 6);
    await scene.gate.open();
    await scene.within(10, 'the seventh alert is told', async () => (await scene.told()).length === 7);
    await monthCallsAre(scene, 7);
    assert.deepEqual(warnings(scene.daemon().logs()), ["the month's calls run low"]);
  });
});
