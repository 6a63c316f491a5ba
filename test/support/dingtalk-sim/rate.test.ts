import assert from 'node:assert/strict';
import test from 'node:test';
import { beginBlock, countStart, meetRate, type RateState, recentStarts, UNUSED_RATE } from './rate.ts';
import { DEFAULT_SETTINGS, type SimSettings } from './settings.ts';

const MINUTE_MS = 60_000;
const BLOCK_MS = 600_000;

test('takes twenty attempts in a minute and refuses the next', () => {
  const full = afterStarts(20, 0, DEFAULT_SETTINGS);
  const before = afterStarts(19, 0, DEFAULT_SETTINGS);
  assert.equal(meetRate(before, 1, DEFAULT_SETTINGS).verdict, 'free');
  assert.equal(meetRate(full, 1, DEFAULT_SETTINGS).verdict, 'over_limit');
});

test('slides the minute: room comes back when an attempt is more than a minute old, not sooner', () => {
  const full = afterStarts(20, 1000, DEFAULT_SETTINGS);
  assert.equal(meetRate(full, 1000 + MINUTE_MS, DEFAULT_SETTINGS).verdict, 'over_limit');
  assert.equal(meetRate(full, 1001 + MINUTE_MS, DEFAULT_SETTINGS).verdict, 'free');
});

test('blocks for ten minutes after the attempt that was one too many', () => {
  const { state } = meetRate(afterStarts(20, 0, DEFAULT_SETTINGS), 5000, DEFAULT_SETTINGS);
  const lenient = { ...DEFAULT_SETTINGS, blockProlongs: false };
  assert.equal(meetRate(state, 5000 + BLOCK_MS - 1, lenient).verdict, 'in_block');
  assert.equal(meetRate(state, 5000 + BLOCK_MS, lenient).verdict, 'free');
});

test('begins the block anew with each attempt inside it', () => {
  const blocked = beginBlock(UNUSED_RATE, 0, DEFAULT_SETTINGS);
  const { state } = meetRate(blocked, BLOCK_MS - 1, DEFAULT_SETTINGS);
  assert.equal(state.blockedUntil, BLOCK_MS - 1 + BLOCK_MS);
});

test('leaves the block as it is if attempts do not prolong it', () => {
  const settings = { ...DEFAULT_SETTINGS, blockProlongs: false };
  const blocked = beginBlock(UNUSED_RATE, 0, settings);
  assert.equal(meetRate(blocked, BLOCK_MS - 1, settings).state.blockedUntil, BLOCK_MS);
});

test('shortens the minute and the block by the time scale', () => {
  const settings = { ...DEFAULT_SETTINGS, timeScale: 60 };
  const full = afterStarts(20, 0, settings);
  assert.equal(meetRate(full, 1000, settings).verdict, 'over_limit');
  assert.equal(meetRate(full, 1001, settings).verdict, 'free');
  assert.equal(beginBlock(UNUSED_RATE, 0, settings).blockedUntil, 10_000);
});

test('forgets attempts that no longer count', () => {
  const state = countStart(afterStarts(5, 0, DEFAULT_SETTINGS), 2 * MINUTE_MS, DEFAULT_SETTINGS);
  assert.deepEqual(state.startsAt, [2 * MINUTE_MS]);
  assert.equal(recentStarts(state, 2 * MINUTE_MS, DEFAULT_SETTINGS).length, 1);
});

function afterStarts(count: number, at: number, settings: SimSettings): RateState {
  return Array.from({ length: count }).reduce<RateState>(
    (state) => countStart(state, at, settings),
    UNUSED_RATE,
  );
}
