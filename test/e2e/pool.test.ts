/**
 * Several robots of one group over minutes of a fast clock: the group is told more in a minute than one robot may, in order, and goes on
 * when one of the robots cannot.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type DeliveryScene,
  type DeliverySceneOptions,
  type DeliveryStage,
  MINUTE,
  robotNamed,
  startDeliveryStage,
} from '../support/delivery-scene.ts';
import { namesOf, type Told } from '../support/told.ts';
import type { MadeAlert } from '../support/webhook.ts';

const TIMEOUT = { timeout: 60_000 };
const ROBOTS = ['r1', 'r2', 'r3'];
/** What one robot of the pool may begin in its window, by the product's own rule. */
const STARTS = 18;
const WINDOW_MS = 65_000;

/** All three in one group, of which `rest` says more. */
const pool = (rest: object = {}): DeliverySceneOptions => ({
  robots: ROBOTS,
  config: ({ robot }) => {
    const { access_token: _, ...sink } = robot('r1');
    const access_tokens = ROBOTS.map((name) => robotNamed(name).token);
    return { sinks: { pool: { ...sink, access_tokens, ...rest } } };
  },
});

const numbered = (word: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${word}${index}`);

/** Posts them one after the other, a notification each. */
const postEach = async (scene: DeliveryScene, alerts: readonly (string | MadeAlert)[]): Promise<void> => {
  for (const alert of alerts) await scene.post(alert);
};

const toldAll = async (scene: DeliveryScene, count: number, minutes: number): Promise<readonly Told[]> =>
  await scene.within(minutes, `${count} alerts in the group`, async () => {
    const told = await scene.told();
    return told.length >= count && told;
  });

/** Most calls in any window of this length. */
const mostWithin = (times: readonly number[], windowMs: number): number =>
  Math.max(...times.map((first) => times.filter((at) => at >= first && at - first < windowMs).length));

describe('a pool of robots', () => {
  let stage: DeliveryStage;
  before(async () => {
    // Faster, and a machine's hiccup would look like a call that came seconds late.
    stage = await startDeliveryStage({ rate: 20 });
  });
  after(async () => await stage?.stop());

  test('tells sixty alerts faster than two robots may, none of them beyond its limit', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, pool({ links_up_to: 100, pace_reserved: 0 }));
    const names = numbered('Alert', 60);
    // What no robot has a start for would be folded into a digest.
    await Promise.all(names.slice(0, 50).map((name) => scene.post(name)));
    await toldAll(scene, 50, 2);
    await postEach(scene, names.slice(50));
    const told = await toldAll(scene, names.length, 5);
    assert.deepEqual(namesOf(told), names.toSorted());
    const times = await Promise.all(
      ROBOTS.map(async (name) => (await scene.calls(name)).map(({ at }) => at)),
    );
    for (const [index, { length }] of times.entries())
      assert.ok(length > STARTS / 2, `${ROBOTS[index]} was called only ${length} times`);
    const most = mostWithin(times.flat(), WINDOW_MS);
    assert.ok(most > 2 * STARTS, `at most ${most} calls in ${WINDOW_MS} ms: two robots could have told`);
    assert.deepEqual(await scene.sim.violations(), []);
  });
});

describe('a pool of robots in trouble', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: 120 });
  });
  after(async () => await stage?.stop());

  test('tells the states of each alert in order, whatever goes wrong on the way', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, pool());
    await scene.sim.randomizeFaults({
      seed: 20261122,
      faults: [
        { kind: 'reset_after', probability: 0.15 },
        { kind: 'errcode', errcode: -1, probability: 0.1 },
        { kind: 'reset_before', probability: 0.1 },
      ],
    });
    const states = ['firing', 'resolved'] as const;
    const names = numbered('Flap', 6);
    for (let round = 0; round < 4; round++) {
      const startsAt = `2026-11-22T1${round}:00:00.000Z`;
      for (const status of states) {
        await postEach(
          scene,
          names.map((name) => ({ name, status, startsAt, labels: { group: 'flaps' } })),
        );
        await scene.pass(0.5);
      }
    }
    const statesOf = (told: readonly Told[], name: string): readonly string[] =>
      told
        .filter((one) => one.name === name)
        .flatMap(({ status }) => (status === 'fired and cleared' ? states : [status]));
    const expected = Array.from({ length: 4 }, () => states).flat();
    await scene.within(15, 'all states are told', async () => {
      const told = await scene.told();
      return names.every((name) => statesOf(told, name).length >= expected.length);
    });
    const told = await scene.told();
    for (const name of names) assert.deepEqual(statesOf(told, name), expected, name);
    assert.ok(new Set(told.map(({ message }) => message.robot)).size > 1, 'one robot told all');
    assert.deepEqual(await scene.sim.violations(), []);
  });

  test('leaves a throttled one alone for ten minutes and goes on with the others', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, pool());
    await scene.sim.orderFaults([{ kind: 'errcode', errcode: 130101, robot: 'r2' }]);
    const names = numbered('Before', 4);
    await postEach(scene, names);
    await toldAll(scene, names.length, 3);
    const [refused] = await scene.calls('r2');
    assert.equal(refused?.errcode, 130101);
    await scene.pass(6);
    await postEach(scene, numbered('During', 4));
    const during = await toldAll(scene, 8, 3);
    assert.deepEqual(new Set(during.map(({ message }) => message.robot)), new Set(['r1', 'r3']));

    await scene.pass(11 - (scene.clock.now() - refused.at) / MINUTE);
    await postEach(scene, numbered('After', 4));
    const all = await toldAll(scene, 12, 3);
    assert.deepEqual(namesOf(all), [...names, ...numbered('During', 4), ...numbered('After', 4)].sort());
    const [, next] = await scene.calls('r2');
    assert.ok((next?.at ?? 0) - refused.at >= 10 * MINUTE, 'it was called too soon');
    await scene.metricIs(0, { name: 'notifierd_lane_parked', labels: 'sink="pool"' });
    assert.deepEqual(await scene.sim.violations(), []);
  });

  test('is told which one has a wrong token, and delivers through the others', TIMEOUT, async (t) => {
    const scene = await stage.begin(t, pool());
    await scene.sim.replaceRobots([robotNamed('r1'), robotNamed('r2', 'another-token'), robotNamed('r3')]);
    const names = numbered('Alert', 6);
    await postEach(scene, names);
    const told = await toldAll(scene, names.length, 3);
    assert.deepEqual(namesOf(told), names);
    assert.deepEqual(new Set(told.map(({ message }) => message.robot)), new Set(['r1', 'r3']));
    assert.equal((await scene.calls(null)).length, 1);
    const blocked =
      /^one of the 3 credentials of sink pool is blocked until .* \(bad_credential\), .*: robot 2 of 3: /m;
    await scene.readiness(blocked);
    await scene.metricIs(1, { name: 'notifierd_lane_blocked', labels: 'sink="pool"' });
    await scene.metricIs(0, { name: 'notifierd_lane_parked', labels: 'sink="pool"' });
  });

  test(
    'sends again what people may have seen through the same robot, under the same id',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, pool());
      // The answer is lost; then the robot rests for ten minutes.
      await scene.sim.orderFaults([{ kind: 'reset_after' }, { kind: 'errcode', errcode: 130101 }]);
      await scene.post('Lost');
      const [first] = await scene.within(3, 'the second attempt', async () => {
        const calls = await scene.calls();
        return calls.length === 2 && calls;
      });
      await postEach(scene, numbered('Other', 3));
      await toldAll(scene, 4, 3);
      const delivered = 'notifierd_events_delivered_total';
      await scene.metricIs(4, { name: delivered, labels: 'sink="pool"', minutes: 15 });
      const attempts = (await scene.calls()).filter(({ msgUuid }) => msgUuid === first?.msgUuid);
      assert.deepEqual(
        attempts.map(({ robot, result }) => [robot, result]),
        ['shown', 'refused', 'duplicate'].map((result) => [first?.robot, result]),
      );
      const ofRobot = await scene.calls(first?.robot);
      assert.deepEqual(ofRobot.slice(0, 3), attempts, 'the robot was called in between');
      assert.deepEqual(namesOf(await scene.told()), ['Lost', ...numbered('Other', 3)]);
      assert.deepEqual(await scene.sim.violations(), []);
    },
  );
});
