/**
 * The return of a channel that could not be reached, over minutes of a fast clock: people are told soon after it is back, and once one
 * sink has found it, those at the same host do not wait for their own time.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DeliveryScene, type DeliveryStage, startDeliveryStage } from '../support/delivery-scene.ts';

const TIMEOUT = { timeout: 60_000 };
const SINKS = ['one', 'two', 'three', 'four'];
const RATE = 10;
/** What a busy machine adds, by this clock. */
const SLACK_MS = 3_000;

const shownIn = async (scene: DeliveryScene, count: number): Promise<readonly number[]> =>
  await scene.within(3, `${count} messages`, async () => {
    const messages = await scene.sim.messages();
    return messages.length >= count && messages.map(({ shownAt }) => shownAt).sort((a, b) => a - b);
  });

/** Each alert goes to all of these sinks, which are robots at one host. */
const begin = async (
  stage: DeliveryStage,
  t: Parameters<DeliveryStage['begin']>[0],
  sinks: readonly string[],
) =>
  await stage.begin(t, {
    robots: sinks,
    config: ({ gated }) => ({ sinks: Object.fromEntries(sinks.map((name) => [name, gated(name)])) }),
  });

describe('a channel that cannot be reached', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await startDeliveryStage({ rate: RATE });
  });
  after(async () => await stage?.stop());

  for (const minutes of [0.5, 2]) {
    test(`for ${60 * minutes} s delivers within 15 s after its return`, TIMEOUT, async (t) => {
      const scene = await begin(stage, t, ['one']);
      await scene.gate.close();
      await scene.post('Alert');
      await scene.pass(minutes);
      await scene.gate.open();
      const openedAt = scene.clock.now();
      const [shownAt = 0] = await shownIn(scene, 1);
      assert.ok(shownAt - openedAt <= 15_000 + SLACK_MS, `${shownAt - openedAt} ms after its return`);
    });
  }

  test('once one sink has delivered there, all others do at once', TIMEOUT, async (t) => {
    const scene = await begin(stage, t, SINKS);
    await scene.gate.close();
    await scene.post('Alert');
    // Their tries lie 7.5 to 15 s apart by now, each lane's by its own chance.
    await scene.pass(2);
    await scene.gate.open();
    const [first = 0, ...others] = await shownIn(scene, SINKS.length);
    const last = others.at(-1) ?? first;
    assert.ok(last - first <= SLACK_MS, `the last came ${last - first} ms after the first`);
  });
});
