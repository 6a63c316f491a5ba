/**
 * What messages say of their own lateness after an outage of minutes on a fast clock: how late, and why. Only what people may have seen
 * goes out as it was sealed.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DeliveryStage, startDeliveryStage } from '../support/delivery-scene.ts';

describe('after an outage', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: 200 });
  });
  after(async () => await stage?.stop());

  test('messages say how late they are and why, one that was sealed before it and that nobody saw too', {
    timeout: 60_000,
  }, async (t) => {
    const scene = await stage.begin(t, {
      robots: ['ops', 'seen'],
      config: ({ robot, gated }) => ({
        sinks: { ops: gated('ops'), seen: robot('seen') },
        routes: [{ matchers: ['alertname="Seen"'], sinks: ['seen'] }, { sinks: ['ops'] }],
      }),
    });
    await scene.gate.close();
    await scene.sim.orderFaults([{ kind: 'reset_before', times: 1_000, robot: 'seen' }]);
    await scene.post('Sealed');
    await scene.post('Seen');
    const failures = 'outcome="retry",reason="unreachable"';
    await scene.within(2, 'the sealed message has failed', async () => {
      return (await scene.metric('notifierd_attempts_total', `sink="ops",${failures}`)) >= 1;
    });
    await scene.pass(4);
    await scene.post('Meanwhile');
    await scene.pass(8);
    await scene.gate.open();
    await scene.sim.clearFaults();
    await scene.within(10, 'all is told', async () => (await scene.told()).length === 3);
    await scene.post('After');
    await scene.within(2, 'what comes after it is told', async () => (await scene.told('ops')).length === 3);

    const lateness = new Map((await scene.told()).map(({ name, late }) => [name, late]));
    const reason = 'late: DingTalk could not be reached$';
    assert.match(lateness.get('Sealed') ?? '', new RegExp(`^delivered 1[1-9] min ${reason}`));
    assert.match(lateness.get('Meanwhile') ?? '', new RegExp(`^delivered ([7-9]|1[0-5]) min ${reason}`));
    // Its words are what people may have seen already, and its id is the same.
    assert.equal(lateness.get('Seen'), '');
    assert.equal(new Set((await scene.calls('seen')).map(({ msgUuid }) => msgUuid)).size, 1);
    assert.equal(lateness.get('After'), '');
    assert.deepEqual(await scene.sim.violations(), []);
  });
});
