/**
 * Events that wait for longer than they are worth, over an outage of minutes on a fast clock: dead letters that people hear of and can
 * have delivered all the same. What people may have seen never expires.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type DeliverySceneOptions,
  type DeliveryStage,
  MINUTE,
  startDeliveryStage,
} from '../support/delivery-scene.ts';
import { namesOf } from '../support/told.ts';
import type { MadeAlert } from '../support/webhook.ts';

const TIMEOUT = { timeout: 60_000 };
const OPTIONS: DeliverySceneOptions = {
  robots: ['ops'],
  config: ({ gated }) => ({ sinks: { ops: { ...gated('ops'), expire_after: { info: '2m' } } } }),
};
const SINK = 'sink="ops"';

const informing = (name: string): MadeAlert => ({ name, labels: { severity: 'info' } });

describe('expire_after', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: 120 });
  });
  after(async () => await stage?.stop());

  test(
    'makes dead letters of old events, which the next message counts and a person can retry',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, OPTIONS);
      await scene.gate.close();
      await scene.post(informing('Info1'));
      await scene.post(informing('Info2'), 'Warning1');
      await scene.pass(5);
      await scene.post(informing('Info3'));
      await scene.pass(5);
      await scene.metricIs(3, { name: 'notifierd_events_dead_total', labels: SINK, minutes: 3 });
      const { stdout, code } = await scene.run('dead-letters', 'list', '--sink', 'ops');
      assert.equal(code, 0);
      for (const expected of ['expired', 'Info1', 'Info2', 'Info3'])
        assert.match(stdout, new RegExp(expected));
      assert.doesNotMatch(stdout, /Warning1/);

      await scene.gate.open();
      const [warning] = await scene.within(10, 'the warning is told', async () => {
        const told = await scene.told();
        return told.length > 0 && told;
      });
      assert.equal(warning?.name, 'Warning1');
      const count = /\(3 alerts expired unsent: notifierd dead-letters list --config FILE --sink ops\)$/;
      assert.match(warning.message.text, count);
      await scene.post('Warning2');
      await scene.within(2, 'the next warning is told', async () => (await scene.told()).length === 2);
      assert.doesNotMatch((await scene.told()).at(-1)?.message.text ?? '', /expired/);

      const retried = await scene.run('dead-letters', 'retry', '--all', '--sink', 'ops');
      assert.deepEqual([retried.code, retried.stderr], [0, '']);
      await scene.within(5, 'all is told', async () => (await scene.told()).length === 5);
      assert.deepEqual(namesOf(await scene.told()), ['Info1', 'Info2', 'Info3', 'Warning1', 'Warning2']);
      await scene.metricIs(0, { name: 'notifierd_lane_waiting_events', labels: SINK });
      assert.match((await scene.run('dead-letters', 'list')).stdout, /^no dead letters\n$/);
    },
  );

  test('a digest counts them too', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, OPTIONS);
    await scene.gate.close();
    await scene.post(informing('Info1'), ...Array.from({ length: 8 }, (_, index) => `Warning${index}`));
    await scene.metricIs(1, { name: 'notifierd_events_dead_total', labels: SINK, minutes: 8 });
    await scene.gate.open();
    const told = await scene.within(10, 'the warnings are told', async () => {
      const all = await scene.told();
      return all.length >= 8 && all;
    });
    const [first] = told;
    assert.deepEqual(new Set(told.map(({ message }) => message)), new Set([first?.message]));
    assert.equal(first?.message.msgtype, 'markdown');
    assert.match(
      first.message.text,
      /\n\n1 alert expired before it could be sent: notifierd dead-letters list /,
    );
  });

  test('never ends what people may have seen: it is sent again under the same id', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, OPTIONS);
    // Each attempt may have arrived, as far as notifierd can see.
    await scene.sim.orderFaults([{ kind: 'reset_before', times: 1_000, robot: 'ops' }]);
    await scene.post(informing('Info1'));
    await scene.within(1, 'the first attempt', async () => (await scene.calls('ops')).length > 0);
    const ids = async () => new Set((await scene.calls('ops')).map(({ msgUuid }) => msgUuid));
    // It may be that message that is never taken: another one is tried, and may be seen as well.
    await scene.post(informing('Info2'));
    await scene.within(2, 'another message is tried', async () => (await ids()).size === 2);
    // A third one may be tried before the fourth expires, on a slow machine.
    await scene.post(informing('Info3'));
    await scene.post(informing('Info4'));
    const dead = async () => await scene.metric('notifierd_events_dead_total', SINK);
    await scene.within(10, 'the last one expires', async () => (await dead()) >= 1);
    await scene.sim.clearFaults();
    const told = await scene.within(10, 'all others are shown', async () => {
      const shown = await scene.told();
      return shown.length + (await dead()) === 4 && shown;
    });
    const [firstCall] = await scene.calls('ops');
    const names = told.map(({ name }) => name).sort();
    assert.deepEqual(names, ['Info1', 'Info2', 'Info3'].slice(0, names.length));
    assert.equal((await ids()).size, names.length, 'each goes under one id');
    for (const { message } of told)
      assert.ok(message.shownAt - (firstCall?.at ?? 0) > 2 * MINUTE, 'shown before it could expire');
  });
});
