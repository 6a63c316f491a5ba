/** Two sinks on one robot that throttles: when its time is over, one call goes ahead alone, and what it is told holds for both. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DeliveryStage, MINUTE, startDeliveryStage } from '../support/delivery-scene.ts';

const BACKLOG = ['Waits1', 'Waits2', 'Waits3'];
const SLOW_MS = 30_000;

describe('after a parking', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: 200 });
  });
  after(async () => await stage?.stop());

  test('one call comes first; refused, it parks both sinks again; answered, it frees both', {
    timeout: 60_000,
  }, async (t) => {
    const scene = await stage.begin(t, {
      robots: ['shared'],
      config: ({ robot }) => ({
        sinks: { one: robot('shared'), two: robot('shared') },
        routes: [{ matchers: ['alertname="Storm"'], sinks: ['one'] }, { sinks: ['one', 'two'] }],
      }),
    });
    await scene.sim.orderFaults([
      { kind: 'errcode', errcode: 130101, times: 2, robot: 'shared' },
      { kind: 'slow', ms: SLOW_MS, robot: 'shared' },
    ]);
    await scene.post('Storm');
    for (const sink of ['one', 'two']) {
      await scene.metricIs(1, { name: 'notifierd_lane_parked', labels: `sink="${sink}"`, minutes: 2 });
    }
    for (const name of BACKLOG) await scene.post(name);
    const told = await scene.within(40, 'both sinks have told all', async () => {
      const all = await scene.told();
      return all.length >= 1 + 2 * BACKLOG.length && all;
    });
    assert.deepEqual(told.map(({ name }) => name).sort(), ['Storm', ...BACKLOG, ...BACKLOG].sort());

    const [first, second, third, fourth] = (await scene.calls('shared')).map(({ at }) => at);
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('expected at least four calls');
    const waits = [second - first, third - second].map((ms) => ms / MINUTE);
    for (const minutes of waits)
      assert.ok(minutes >= 10 && minutes < 13, `the next call came after ${minutes} min`);
    assert.ok(fourth - third >= SLOW_MS, `${fourth - third} ms after the probe, which was not answered yet`);
    assert.deepEqual(await scene.sim.violations(), []);
  });
});
