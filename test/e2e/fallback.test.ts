/**
 * The fallback through outages, a block and a used-up month, over minutes of a fast clock: what waits for a robot that cannot deliver is
 * told in its fallback's group, and each alert once.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  type DeliveryScene,
  type DeliverySceneOptions,
  type DeliveryStage,
  robotNamed,
  startDeliveryStage,
} from '../support/delivery-scene.ts';
import { namesOf, type Told } from '../support/told.ts';
import type { MadeAlert } from '../support/webhook.ts';

const TIMEOUT = { timeout: 60_000 };
const AFTER_MS = 180_000;
const FALLBACK = { sink: 'second', after: '3m' };
/** Real milliseconds after which the outbox surely has what the metrics show. */
const STORED_MS = 30;
const CRITICAL_ONLY = { ...FALLBACK, severities: ['critical'] };

/** Two robots in two groups; `ops` is reached through the gate. */
const between = (
  fallback: object,
  routes: readonly object[] = [{ sinks: ['ops'] }],
  delivery: object = {},
): DeliverySceneOptions => ({
  robots: ['ops', 'second'],
  config: ({ robot, gated }) => ({
    sinks: { ops: { ...gated('ops'), late_after: '2m', fallback }, second: robot('second') },
    routes,
    delivery,
  }),
});

const critical = (name: string): MadeAlert => ({ name, labels: { severity: 'critical' } });

const standsIn = (told: readonly Told[]): readonly string[] =>
  told.map(({ name, insteadOf = '' }) => `${name} ${insteadOf}`.trimEnd()).sort();

/** Until so many alerts were told in the group. */
const toldBy = async (
  scene: DeliveryScene,
  robot: string,
  { count, minutes }: { readonly count: number; readonly minutes: number },
): Promise<readonly Told[]> =>
  await scene.within(minutes, `${count} alerts in the group of ${robot}`, async () => {
    const told = await scene.told(robot);
    return told.length >= count && told;
  });

/** Until nothing waits for the sink, so that nothing more can come of what was posted. */
const drained = async (scene: DeliveryScene, sink: string): Promise<void> => {
  await scene.metricIs(0, { name: 'notifierd_lane_waiting_events', labels: `sink="${sink}"`, minutes: 10 });
};

/** How often the daemon that runs now has failed to reach the robot. */
const failures = async (scene: DeliveryScene): Promise<number> =>
  await scene.metric('notifierd_attempts_total', 'sink="ops",outcome="retry",reason="unreachable"');

/**
 * Until it has failed so often, and a little longer: the ends of its sends are in the outbox then, and the next is some seconds away. A
 * process killed between the begin of a send and its end does not know whether people saw the message, and tells it again.
 */
const failed = async (scene: DeliveryScene, times: number): Promise<void> => {
  await scene.within(15, `ops failed ${times} times`, async () => (await failures(scene)) >= times);
  await setTimeout(STORED_MS);
};

describe('a fallback', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: 120 });
  });
  after(async () => await stage?.stop());

  test(
    'is told of critical alerts while the robot cannot be reached; the robot tells the rest once it can',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, between(CRITICAL_ONLY));
      await scene.post('Before');
      await toldBy(scene, 'ops', { count: 1, minutes: 2 });

      await scene.gate.close();
      const closedAt = scene.clock.now();
      await scene.post(critical('First'), 'Warning1', critical('Second'));
      const [first] = await toldBy(scene, 'second', { count: 2, minutes: 10 });
      assert.ok((first?.message.shownAt ?? 0) - closedAt >= AFTER_MS, 'told before its time');
      // From now on at once.
      const postedAt = scene.clock.now();
      await scene.post(critical('Third'), 'Warning2');
      const third = (await toldBy(scene, 'second', { count: 3, minutes: 5 })).at(-1);
      assert.equal(third?.name, 'Third');
      assert.ok(third.message.shownAt - postedAt < AFTER_MS / 2, 'it had to wait as the first did');
      await scene.pass(5);
      assert.deepEqual(standsIn(await scene.told('second')), ['First ops', 'Second ops', 'Third ops']);

      await scene.gate.open();
      await toldBy(scene, 'ops', { count: 3, minutes: 10 });
      await scene.post(critical('After'));
      await toldBy(scene, 'ops', { count: 4, minutes: 2 });
      await drained(scene, 'ops');
      const own = await scene.told('ops');
      assert.deepEqual(standsIn(own), ['After', 'Before', 'Warning1', 'Warning2']);
      for (const { name, late } of own.filter((told) => told.name.startsWith('Warning')))
        assert.match(late, /^delivered .*\d+ min late.*DingTalk could not be reached/, name);
      assert.equal((await scene.told('second')).length, 3);
      await scene.metricIs(3, { name: 'notifierd_events_handed_over_total', labels: 'sink="ops"' });
      assert.deepEqual(await scene.sim.violations(), []);
    },
  );

  test('with tell_twice each alert is told in both groups, once in each', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, between({ ...CRITICAL_ONLY, tell_twice: true }));
    await scene.gate.close();
    await scene.post(critical('First'), 'Warning1');
    await toldBy(scene, 'second', { count: 1, minutes: 10 });
    await scene.post(critical('Second'));
    await toldBy(scene, 'second', { count: 2, minutes: 5 });

    await scene.gate.open();
    await toldBy(scene, 'ops', { count: 3, minutes: 10 });
    await drained(scene, 'ops');
    assert.deepEqual(namesOf(await scene.told('ops')), ['First', 'Second', 'Warning1']);
    assert.deepEqual(standsIn(await scene.told('second')), ['First ops', 'Second ops']);
  });

  test('is not given again what the routes send it anyway', TIMEOUT, async (t) => {
    const routes = [{ matchers: ['severity="critical"'], sinks: ['ops', 'second'] }, { sinks: ['ops'] }];
    const scene = await stage.begin(t, between(FALLBACK, routes));
    await scene.gate.close();
    await scene.post(critical('Both'), 'Warning1');
    await toldBy(scene, 'second', { count: 2, minutes: 10 });
    await scene.post(critical('BothLater'), 'Warning2');
    await toldBy(scene, 'second', { count: 4, minutes: 5 });

    await scene.gate.open();
    await toldBy(scene, 'ops', { count: 2, minutes: 10 });
    await drained(scene, 'ops');
    assert.deepEqual(namesOf(await scene.told('ops')), ['Both', 'BothLater']);
    const there = ['Both', 'BothLater', 'Warning1 ops', 'Warning2 ops'];
    assert.deepEqual(standsIn(await scene.told('second')), there);
  });

  test('takes over from a robot whose token is refused, until that is mended', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, between(CRITICAL_ONLY));
    const second = robotNamed('second');
    await scene.sim.replaceRobots([robotNamed('ops', 'another-token'), second]);
    await scene.post(critical('First'), 'Warning1');
    await toldBy(scene, 'second', { count: 1, minutes: 10 });
    assert.equal((await scene.calls(null))[0]?.errcode, 300005);
    await scene.readiness(/^sink ops is blocked until .* \(bad_credential\), 1 events wait/m);

    await scene.sim.replaceRobots([robotNamed('ops'), second]);
    await toldBy(scene, 'ops', { count: 1, minutes: 30 });
    await drained(scene, 'ops');
    const [warning, ...more] = await scene.told('ops');
    assert.deepEqual([warning?.name, more], ['Warning1', []]);
    assert.match(warning?.late ?? '', /^delivered .*\d+ min late: a setting had to be mended/);
    assert.deepEqual(standsIn(await scene.told('second')), ['First ops']);
  });

  test(
    'takes over from a robot that is parked because the calls of the month are used up',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, between(CRITICAL_ONLY));
      await scene.sim.orderFaults([{ kind: 'errcode', errcode: 90030, robot: 'ops' }]);
      await scene.post('Warning1', critical('First'));
      await toldBy(scene, 'second', { count: 1, minutes: 10 });
      await scene.post(critical('Second'), 'Warning2');
      await toldBy(scene, 'second', { count: 2, minutes: 5 });
      await scene.readiness(/^sink ops is parked until .* \(quota_exhausted\), 2 events wait/m);
      assert.deepEqual(standsIn(await scene.told()), ['First ops', 'Second ops']);
      assert.equal((await scene.calls('ops')).length, 1);
    },
  );
});

describe('a fallback, by a clock that leaves room for a kill between two tries,', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: 30 });
  });
  after(async () => await stage?.stop());

  test('kill -9 in the middle changes nothing of it', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, between(CRITICAL_ONLY, undefined, { timeout: '5m' }));
    await scene.gate.close();
    await scene.post(critical('First'), 'Warning1', critical('Second'));
    await failed(scene, 7);
    await scene.sim.orderFaults([{ kind: 'hang_after', robot: 'second' }]);
    // The outage is counted from its begin, not from the start of notifierd.
    await scene.restart();
    const [call] = await scene.within(10, 'the fallback is being told', async () => {
      const calls = await scene.calls('second');
      return calls.length > 0 && calls;
    });
    await failed(scene, 1);
    await scene.restart();
    await scene.post(critical('Third'));
    await toldBy(scene, 'second', { count: 3, minutes: 10 });
    await drained(scene, 'second');
    await failed(scene, (await failures(scene)) + 1);
    await scene.restart();

    await scene.gate.open();
    await toldBy(scene, 'ops', { count: 1, minutes: 10 });
    await drained(scene, 'ops');
    assert.deepEqual(namesOf(await scene.told('ops')), ['Warning1']);
    assert.deepEqual(standsIn(await scene.told('second')), ['First ops', 'Second ops', 'Third ops']);
    const again = (await scene.calls('second')).filter(({ msgUuid }) => msgUuid === call?.msgUuid);
    assert.deepEqual(
      again.map(({ result }) => result),
      ['shown', 'duplicate'],
    );
  });
});
