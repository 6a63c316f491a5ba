import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULT_SETTINGS, type SimSettings } from './settings.ts';
import { isOtherMessage, recallUuid, type UuidEntry, useUuid } from './uuid-memory.ts';

type Use = 'shown' | 'refused' | 'open_refused' | 'unseen' | 'open_unseen';

const CONSUMED = DEFAULT_SETTINGS;
const IF_ALL: SimSettings = { ...DEFAULT_SETTINGS, refusedUuid: 'consumed_if_all_refused' };
const KEPT: SimSettings = { ...DEFAULT_SETTINGS, refusedUuid: 'kept' };

const ROWS: readonly { name: string; uses: readonly Use[]; settings: SimSettings; verdict: string }[] = [
  { name: 'takes an id that it has never met', uses: [], settings: CONSUMED, verdict: 'new' },
  { name: 'knows the id of a shown message', uses: ['shown'], settings: CONSUMED, verdict: 'already_shown' },
  {
    name: 'keeps a shown message shown after a refusal',
    uses: ['shown', 'refused'],
    settings: KEPT,
    verdict: 'already_shown',
  },
  {
    name: 'takes the id of an attempt that it never saw',
    uses: ['open_unseen'],
    settings: CONSUMED,
    verdict: 'new',
  },
  { name: 'has a refused id used up', uses: ['refused'], settings: CONSUMED, verdict: 'used_up' },
  {
    name: 'has an id used up that was refused after no answer',
    uses: ['open_unseen', 'refused'],
    settings: CONSUMED,
    verdict: 'used_up',
  },
  {
    name: 'spares an id that was open, if told so',
    uses: ['open_unseen', 'refused'],
    settings: IF_ALL,
    verdict: 'new',
  },
  {
    name: 'spares an id whose refusal got lost, if told so',
    uses: ['open_refused'],
    settings: IF_ALL,
    verdict: 'new',
  },
  {
    name: 'does not spare an id that was plainly refused',
    uses: ['refused', 'refused'],
    settings: IF_ALL,
    verdict: 'used_up',
  },
  { name: 'keeps a refused id usable, if told so', uses: ['refused'], settings: KEPT, verdict: 'new' },
];

for (const { name, uses, settings, verdict } of ROWS) {
  test(name, () => {
    assert.equal(recallUuid(entryAfter(uses, settings), 0, settings), verdict);
  });
}

test('forgets an id when its time is over', () => {
  const entry = entryAfter(['shown'], CONSUMED);
  assert.equal(recallUuid(entry, CONSUMED.uuidMemoryMs - 1, CONSUMED), 'already_shown');
  assert.equal(recallUuid(entry, CONSUMED.uuidMemoryMs, CONSUMED), 'new');
});

test('remembers no id at all if the memory lasts 0 ms', () => {
  const settings = { ...DEFAULT_SETTINGS, uuidMemoryMs: 0 };
  assert.equal(recallUuid(entryAfter(['shown'], settings), 0, settings), 'new');
});

test('tells another message under a known id from the same one', () => {
  const entry = entryAfter(['refused'], CONSUMED);
  assert.equal(isOtherMessage(entry, 'hash'), false);
  assert.equal(isOtherMessage(entry, 'another'), true);
  assert.equal(isOtherMessage(undefined, 'another'), false);
});

function entryAfter(uses: readonly Use[], settings: SimSettings): UuidEntry | undefined {
  return uses.reduce<UuidEntry | undefined>((entry, use) => {
    const fate = use === 'open_refused' ? 'refused' : use === 'open_unseen' ? 'unseen' : use;
    return useUuid(entry, { fate, open: use.startsWith('open_'), bodyHash: 'hash', now: 0 }, settings);
  }, undefined);
}
