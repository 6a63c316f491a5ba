import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from './eventually.ts';
import { type RunningProgram, startProgram } from './processes.ts';
import { createSharedClock, type SharedClock } from './shared-clock.ts';

/** Answers each line with its wall clock and its monotonic clock. */
const TELLS_TIME =
  "process.stdin.on('data', () => console.log(JSON.stringify({ now: Date.now(), elapsed: performance.now() })))";

async function startTeller(t: TestContext, clock: SharedClock): Promise<RunningProgram> {
  const teller = await startProgram(process.execPath, ['-e', TELLS_TIME], { env: clock.env() });
  t.after(() => teller.kill9());
  return teller;
}

async function ask(teller: RunningProgram): Promise<{ now: number; elapsed: number }> {
  const before = teller.stdout().length;
  teller.write('\n');
  const answer = await eventually('the time', () => teller.stdout().slice(before).endsWith('\n'), {
    everyMs: 1,
  });
  assert.ok(answer);
  return JSON.parse(teller.stdout().slice(before));
}

/** Asks, and fails unless the answer lies between this clock's time before and after the question, give or take a second. */
async function assertAgrees(clock: SharedClock, teller: RunningProgram): Promise<void> {
  const before = clock.now();
  const { now } = await ask(teller);
  const after = clock.now();
  assert.ok(now >= before - 1_000, `${(before - now) / 1_000} s behind the clock`);
  assert.ok(now <= after + 1_000, `${(now - after) / 1_000} s ahead of the clock`);
}

async function startClock(t: TestContext, startAt?: number): Promise<SharedClock> {
  const clock = await createSharedClock({ rate: 30, ...(startAt === undefined ? {} : { startAt }) });
  t.after(() => clock.stop());
  return clock;
}

test('processes started a minute of its time apart agree with the clock to within a second', async (t) => {
  const clock = await startClock(t);
  const first = await startTeller(t, clock);
  const { now: start } = await ask(first);
  await eventually('a minute has passed', async () => (await ask(first)).now > start + 60_000);
  const second = await startTeller(t, clock);
  await assertAgrees(clock, second);
  await assertAgrees(clock, first);
});

test('the monotonic clock runs at the same rate', async (t) => {
  const clock = await startClock(t);
  const teller = await startTeller(t, clock);
  const start = await ask(teller);
  const end = await eventually('ten seconds have passed', async () => {
    const time = await ask(teller);
    return time.now > start.now + 10_000 && time;
  });
  const difference = end.now - start.now - (end.elapsed - start.elapsed);
  assert.ok(Math.abs(difference) < 1_000, `the clocks drifted apart by ${difference} ms`);
});

test('a process killed with SIGKILL does not disturb those that start later', async (t) => {
  const clock = await startClock(t);
  const killed = await startTeller(t, clock);
  await assertAgrees(clock, killed);
  await killed.kill9();
  await assertAgrees(clock, await startTeller(t, clock));
});

test('a process that ends by itself does not take the clock with it', async (t) => {
  const clock = await startClock(t);
  const short = await startTeller(t, clock);
  short.endInput();
  await short.exited;
  await assertAgrees(clock, await startTeller(t, clock));
});

test('begins where it is told', async (t) => {
  const startAt = Date.UTC(2031, 0, 2);
  const clock = await startClock(t, startAt);
  const teller = await startTeller(t, clock);
  await assertAgrees(clock, teller);
  const { now } = await ask(teller);
  assert.ok(now >= startAt && now < startAt + 3_600_000, new Date(now).toISOString());
});
