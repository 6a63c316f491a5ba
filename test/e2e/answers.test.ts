/**
 * Answers that do not say whose fault they are, over minutes of a fast clock: a robot that answers every message with a code that nobody
 * has documented, or refuses every one, costs no alert, says so and has its fallback told; a message that alone is never taken costs no
 * other, and what is given up on is told by the fallback at once.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type DeliveryScene,
  type DeliverySceneOptions,
  type DeliveryStage,
  startDeliveryStage,
} from '../support/delivery-scene.ts';
import { namesOf, type Told } from '../support/told.ts';

const TIMEOUT = { timeout: 60_000 };
const AFTER_MS = 180_000;
const FALLBACK = { sink: 'second', after: '3m' };
const MANY = 10_000;

/** Two robots in two groups; the second is the fallback of the first. */
const TWO: DeliverySceneOptions = {
  robots: ['ops', 'second'],
  config: ({ robot }) => ({
    sinks: { ops: { ...robot('ops'), fallback: FALLBACK }, second: robot('second') },
    routes: [{ sinks: ['ops'] }],
  }),
};

const standsIn = (told: readonly Told[]): readonly string[] =>
  told.map(({ name, insteadOf = '' }) => `${name} ${insteadOf}`.trimEnd()).sort();

/** Until just these alerts were told in the group. */
const toldBy = async (
  scene: DeliveryScene,
  robot: string,
  { names, minutes }: { readonly names: readonly string[]; readonly minutes: number },
): Promise<readonly Told[]> =>
  await scene.within(minutes, `${names} in the group of ${robot}`, async () => {
    const told = await scene.told(robot);
    const left = names.filter((name) => !told.some((one) => one.name === name));
    if (left.length > 0) throw new Error(`not told: ${left}`);
    return told;
  });

const deadIs = async (scene: DeliveryScene, count: number): Promise<void> =>
  await scene.metricIs(count, { name: 'notifierd_events_dead_total', labels: 'sink="ops"', minutes: 20 });

const waits = async (scene: DeliveryScene, count: number): Promise<void> =>
  await scene.metricIs(count, { name: 'notifierd_lane_waiting_events', labels: 'sink="ops"', minutes: 10 });

describe('answers that do not say whose fault they are', () => {
  let stage: DeliveryStage;
  before(async () => {
    // Faster, and a busy machine would look like a fallback that is told too late.
    stage = await startDeliveryStage({ rate: 30 });
  });
  after(async () => await stage?.stop());

  test(
    'an unknown one to every message: no dead letter, the fallback is told, and each alert once',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, TWO);
      await scene.sim.orderFaults([{ kind: 'errcode', errcode: 47777, robot: 'ops', times: MANY }]);
      const postedAt = scene.clock.now();
      for (const name of ['First', 'Second', 'Third']) await scene.post(name);
      await scene.readiness(
        /^sink ops delivers nothing since .*, every message fails \(unknown_code\), 3 events wait, .*errcode 47777/m,
      );
      const [first] = await toldBy(scene, 'second', { names: ['First', 'Second', 'Third'], minutes: 10 });
      const afterMs = (first?.message.shownAt ?? 0) - postedAt;
      assert.ok(afterMs >= AFTER_MS && afterMs < AFTER_MS + 90_000, `told after ${afterMs} ms`);
      await waits(scene, 0);
      await scene.restart();
      // Told at once from now on.
      await scene.post('Fourth');
      await toldBy(scene, 'second', { names: ['Fourth'], minutes: 3 });
      await waits(scene, 0);

      await scene.sim.clearFaults();
      // Until the next try is due: before, the fallback would be told of it as well.
      await scene.pass(1.2);
      await scene.post('Fifth');
      await toldBy(scene, 'ops', { names: ['Fifth'], minutes: 5 });
      await waits(scene, 0);
      await scene.pass(3);
      assert.deepEqual(standsIn(await scene.told('ops')), ['Fifth']);
      assert.deepEqual(standsIn(await scene.told('second')), [
        'First ops',
        'Fourth ops',
        'Second ops',
        'Third ops',
      ]);
      await deadIs(scene, 0);
      assert.equal(
        (await fetch(`${scene.daemon().url}/-/ready`).then((answer) => answer.text())).includes('ops'),
        false,
      );
      assert.deepEqual(await scene.sim.violations(), []);
    },
  );

  test(
    'the same for less time than the fallback waits: all is delivered once it is over',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, TWO);
      await scene.sim.orderFaults([{ kind: 'errcode', errcode: 47777, robot: 'ops', times: MANY }]);
      const names = ['First', 'Second', 'Third', 'Fourth', 'Fifth'];
      for (const name of names) await scene.post(name);
      await scene.pass(1);
      await scene.sim.clearFaults();
      await toldBy(scene, 'ops', { names, minutes: 3 });
      await waits(scene, 0);
      assert.deepEqual(namesOf(await scene.told()), names.toSorted());
      await deadIs(scene, 0);
    },
  );

  test(
    'two messages that are never taken stop no other, and the fallback hears of them when they are given up on',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, TWO);
      const poisons = ['Poison1', 'Poison2'];
      await scene.sim.orderFaults(
        poisons.map((containing) => ({
          kind: 'errcode' as const,
          errcode: 47777,
          robot: 'ops',
          containing,
          times: MANY,
        })),
      );
      for (const name of poisons) {
        await scene.post(name);
        await scene.pass(0.3);
      }
      const good: string[] = [];
      for (let count = 1; count <= 7; count++) {
        good.push(`Good${count}`);
        await scene.post(`Good${count}`);
        const [told] = (await toldBy(scene, 'ops', { names: good, minutes: 3 })).slice(-1);
        assert.equal(told?.name, `Good${count}`);
        await scene.pass(1);
      }
      await deadIs(scene, 2);
      await scene.metricIs(2, { name: 'notifierd_lane_dead_letters', labels: 'sink="ops"' });
      await scene.readiness(/^sink ops has 2 dead letters, the latest of .* \(unknown_code\): /m);
      await toldBy(scene, 'second', { names: poisons, minutes: 3 });
      await scene.restart();
      await scene.pass(2);
      assert.deepEqual(namesOf(await scene.told('ops')), good);
      assert.deepEqual(standsIn(await scene.told('second')), ['Poison1 ops', 'Poison2 ops']);
    },
  );

  test(
    'a refusal of every message: two dead letters, which the fallback tells at once; the others wait',
    TIMEOUT,
    async (t) => {
      const scene = await stage.begin(t, TWO);
      await scene.sim.orderFaults([{ kind: 'errcode', errcode: 400105, robot: 'ops', times: MANY }]);
      const names = ['First', 'Second', 'Third', 'Fourth'];
      const postedAt = scene.clock.now();
      for (const name of names) {
        await scene.post(name);
        await scene.pass(0.3);
      }
      const given = await toldBy(scene, 'second', { names: ['First', 'Second'], minutes: 2 });
      assert.ok((given[0]?.message.shownAt ?? 0) - postedAt < AFTER_MS, 'told at once');
      await scene.readiness(
        /^sink ops delivers nothing since .*, every message fails \(bad_request\), 2 events wait/m,
      );
      await scene.restart();
      await scene.sim.clearFaults();
      await toldBy(scene, 'ops', { names: ['Third', 'Fourth'], minutes: 3 });
      await waits(scene, 0);
      assert.deepEqual(standsIn(await scene.told()), ['First ops', 'Fourth', 'Second ops', 'Third']);
      assert.match((await scene.run('dead-letters', 'list', '--sink', 'ops')).stdout, /bad_request/);
    },
  );
});
