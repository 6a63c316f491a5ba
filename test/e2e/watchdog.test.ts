/** The dead man's switch over an hour of a fast clock: heartbeats, silence, restarts, and the heartbeat's return. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postUntilAnswered, webhookBody } from '../support/webhook.ts';

const MINUTE = 60_000;

describe('the watchdog', () => {
  let clock: SharedClock;
  let sim: SimProcess;
  let daemon: Daemon;
  const dir = createTempDir();

  const start = async (): Promise<Daemon> =>
    await startDaemon({
      clock,
      dir: dir.path,
      config: {
        delivery: { timeout: '120s' },
        sinks: { ops: { plugin: 'dingtalk', endpoint: sim.url, access_token: 't' } },
        watchdog: { matchers: ['alertname="Watchdog"'], interval: '1m', grace: '3m', sinks: ['ops'] },
      },
    });
  const beat = async (): Promise<void> => {
    const body = webhookBody('watchdog', [{ name: 'Watchdog' }]);
    assert.equal(await postUntilAnswered(`${daemon.url}/`, body), 200);
  };
  const texts = async (): Promise<string[]> =>
    (await sim.messages('ops')).map(
      ({ title, text }) => `${title} ${text?.split(/[ .]/).slice(0, 3).join(' ')}`,
    );
  /** Until the clock has moved on by so many minutes. */
  const pass = async (minutes: number): Promise<void> => {
    const until = clock.now() + minutes * MINUTE;
    await eventually('time passes', () => clock.now() >= until, {
      withinMs: clock.realMs(minutes * MINUTE) + 20_000,
    });
  };

  before(async () => {
    clock = await createSharedClock({ rate: 60 });
    sim = await startSimProcess({ robots: ['name=ops,token=t'], clock });
    daemon = await start();
  });
  after(async () => {
    await daemon?.stop();
    await sim?.stop();
    await clock?.stop();
    dir.remove();
  });

  test('is content while heartbeats come, repeats included, and delivers none of them', async () => {
    for (let count = 0; count < 5; count++) {
      await beat();
      await pass(2);
    }
    assert.deepEqual(await texts(), []);
  });

  test('a restart begins the silence anew and raises no false alarm', async () => {
    await daemon.kill9();
    await pass(2);
    daemon = await start();
    await pass(2);
    assert.deepEqual(await texts(), []);
  });

  test('tells of silence once, also after another restart, and of the return', async () => {
    const alarm = 'AlertmanagerSilent firing: No heartbeat';
    await eventually('the alarm is in the group', async () => (await texts()).length > 0, {
      withinMs: clock.realMs(20 * MINUTE) + 20_000,
    });
    assert.deepEqual(await texts(), [alarm]);
    await daemon.stop();
    daemon = await start();
    await pass(6);
    assert.deepEqual(await texts(), [alarm]);

    await beat();
    await eventually('the resolution is in the group', async () => (await texts()).length > 1, {
      withinMs: clock.realMs(20 * MINUTE) + 20_000,
    });
    await beat();
    await pass(1);
    assert.deepEqual(await texts(), [alarm, 'AlertmanagerSilent resolved: The heartbeat']);
  });
});
