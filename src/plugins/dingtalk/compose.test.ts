import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ComposeContext, Event, Mend, Pressure } from '../../core/plugin/contract.ts';
import { compose, isQuiet } from './compose.ts';
import { aConfig, anEvent } from './testdata/events.ts';

const NOW = anEvent().receivedAt;
const CONFIG = aConfig();
const FEED = aConfig({ digest_form: 'feed_card', pic_url: '@picture' });

function under(pressure: Partial<Pressure>, mends: readonly Mend[] = []): ComposeContext {
  const calm = {
    waitingEvents: 1,
    freeStarts: 18,
    spentStarts: 0,
    oldestWaitMs: 0,
    recentEvents: 0,
    thrift: 0,
  };
  return { pressure: { ...calm, ...pressure }, now: NOW, part: 1, mends };
}

function manyEvents(count: number, from = 0): Event[] {
  return Array.from({ length: count }, (_, index) =>
    anEvent({ labels: { instance: `node-${from + index}` }, fingerprint: String(from + index) }),
  );
}

describe('the form', () => {
  const five = { waitingEvents: 5 };
  const rows: readonly { name: string; pressure: Partial<Pressure>; linksUpTo?: number; form: string }[] = [
    {
      name: 'a link while five wait and as many starts are free',
      pressure: { ...five, freeStarts: 5 },
      form: 'link',
    },
    { name: 'a digest when more wait', pressure: { waitingEvents: 6 }, form: 'digest' },
    {
      name: 'a digest when fewer starts are free than events wait',
      pressure: { waitingEvents: 3, freeStarts: 2 },
      form: 'digest',
    },
    {
      name: 'a link while five came within ten seconds, sent ones included',
      pressure: { waitingEvents: 2, recentEvents: 3 },
      form: 'link',
    },
    {
      name: 'a digest when more came within ten seconds, sent ones included',
      pressure: { waitingEvents: 2, recentEvents: 4 },
      form: 'digest',
    },
    {
      name: 'a link before a third of the starts is spent',
      pressure: { ...five, spentStarts: 5, freeStarts: 13 },
      form: 'link',
    },
    {
      name: 'a digest once a third of the starts is spent',
      pressure: { ...five, spentStarts: 6, freeStarts: 12 },
      form: 'digest',
    },
    {
      name: 'a link before a third of the starts of two robots is spent',
      pressure: { ...five, spentStarts: 11, freeStarts: 25 },
      form: 'link',
    },
    {
      name: 'a digest once a third of the starts of two robots is spent',
      pressure: { ...five, spentStarts: 12, freeStarts: 24 },
      form: 'digest',
    },
    {
      name: 'a link without any pace',
      pressure: { ...five, freeStarts: Number.POSITIVE_INFINITY },
      form: 'link',
    },
    {
      name: 'a link for half as many when calls must be saved',
      pressure: { waitingEvents: 2, thrift: 0.5 },
      form: 'link',
    },
    {
      name: 'a digest for more than half as many when calls must be saved',
      pressure: { waitingEvents: 3, thrift: 0.5 },
      form: 'digest',
    },
    {
      name: 'a digest for two when no call is left',
      pressure: { waitingEvents: 2, thrift: 1 },
      form: 'digest',
    },
    {
      name: 'a link for as many as configured',
      pressure: { waitingEvents: 9 },
      linksUpTo: 9,
      form: 'link',
    },
    {
      name: 'a digest for two where no links are wanted',
      pressure: { waitingEvents: 2 },
      linksUpTo: 0,
      form: 'digest',
    },
  ];
  for (const { name, pressure, linksUpTo = 5, form } of rows) {
    test(`is ${name}`, () => {
      const events = manyEvents(pressure.waitingEvents ?? 1);
      const message = compose(events, under(pressure), aConfig({ links_up_to: linksUpTo }));
      assert.equal(message.form, form);
      assert.equal(message.open, form === 'link' ? undefined : true);
    });
  }

  const alone: readonly { name: string; pressure: Partial<Pressure>; linksUpTo?: number; open?: true }[] = [
    { name: 'in quiet times, for that event alone', pressure: {} },
    { name: 'in quiet times with four before it', pressure: { recentEvents: 4 } },
    { name: 'in a storm, open for more', pressure: { recentEvents: 5 }, open: true },
    {
      name: 'when starts are scarce, open for more',
      pressure: { spentStarts: 16, freeStarts: 2 },
      open: true,
    },
    { name: 'when no call is left, open for more', pressure: { thrift: 1 }, open: true },
    { name: 'where no links are wanted, open for more', pressure: {}, linksUpTo: 0, open: true },
  ];
  for (const { name, pressure, linksUpTo = 5, open } of alone) {
    for (const { digest_form, pic_url } of [CONFIG, FEED]) {
      test(`of a single event is a link ${name} (${digest_form})`, () => {
        const settings = aConfig({ links_up_to: linksUpTo, digest_form, pic_url });
        const message = compose(manyEvents(1), under(pressure), settings);
        assert.deepEqual([message.form, message.open], ['link', open]);
      });
    }
  }

  test('of events that came together is the same to the last', () => {
    const pressures = fc.record({
      waitingEvents: fc.integer({ min: 2, max: 9 }),
      freeStarts: fc.nat(36),
      spentStarts: fc.nat(36),
      recentEvents: fc.nat(9),
      thrift: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(pressures, (drawn) => {
        const before = { ...drawn, oldestWaitMs: 0 };
        const after = {
          ...before,
          waitingEvents: before.waitingEvents - 1,
          recentEvents: before.recentEvents + 1,
          freeStarts: before.freeStarts - 1,
          spentStarts: before.spentStarts + 1,
        };
        if (isQuiet(before, CONFIG)) assert.ok(isQuiet(after, CONFIG));
      }),
    );
  });

  test('of many is a feed card where that is wanted, and a refused one becomes a link in the end', () => {
    const storm = { waitingEvents: 20 };
    const { form, covers } = compose(manyEvents(20), under(storm), FEED);
    assert.deepEqual([form, covers], ['feed_card', 8]);
    const mended = compose(manyEvents(1), under(storm, ['without_picture']), FEED);
    assert.equal(mended.form, 'link');
    assert.doesNotMatch(mended.body, /@picture/);
  });
});

/** A lane of warnings with one robot: webhooks come at their times, a send takes a tenth of a second; returns the forms in order. */
function formsSent(webhooks: readonly { atMs: number; count: number }[]): readonly string[] {
  const sent: { atMs: number; covers: number; form: string }[] = [];
  const within = (nowMs: number, windowMs: number) => sent.filter(({ atMs }) => atMs > nowMs - windowMs);
  let waiting: Event[] = [];
  let come = 0;
  for (let nowMs = 0; nowMs < 300_000; nowMs += 100) {
    for (const { count } of webhooks.filter(({ atMs }) => atMs <= nowMs && atMs > nowMs - 100)) {
      waiting = [...waiting, ...manyEvents(count, come)];
      come += count;
    }
    const spentStarts = within(nowMs, 65_000).length;
    const freeStarts = 14 - spentStarts;
    if (waiting.length === 0 || freeStarts <= 0) continue;
    const recentEvents = within(nowMs, 10_000).reduce((sum, { covers }) => sum + covers, 0);
    const pressure = { waitingEvents: waiting.length, freeStarts, spentStarts, recentEvents };
    const { form, covers } = compose(waiting.slice(0, 250), under(pressure), CONFIG);
    sent.push({ atMs: nowMs, covers, form });
    waiting = waiting.slice(covers);
  }
  assert.equal(
    sent.reduce((sum, { covers }) => sum + covers, 0),
    come,
  );
  return sent.map(({ form }) => form);
}

test('500 alerts in 100 webhooks within half a minute are told in a few links and digests', () => {
  const forms = formsSent(Array.from({ length: 100 }, (_, index) => ({ atMs: index * 300, count: 5 })));
  const links = forms.filter((form) => form === 'link').length;
  assert.ok(links >= 1 && links <= 5, `${links} links`);
  assert.ok(forms.length < 30, `${forms.length} messages`);
});

test('the second webhook of five within ten seconds makes a digest, one in the next window five links', () => {
  const two = (gapMs: number) =>
    formsSent([
      { atMs: 0, count: 5 },
      { atMs: gapMs, count: 5 },
    ]);
  assert.deepEqual(two(9_000), [...Array(5).fill('link'), 'digest']);
  assert.deepEqual(two(66_000), Array(10).fill('link'));
});
