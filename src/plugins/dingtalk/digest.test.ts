import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../core/plugin/contract.ts';
import { compose } from './compose.ts';
import { composeDigest } from './digest.ts';
import { entriesOf } from './digest-entry.ts';
import { partsOf } from './digest-parts.ts';
import { digestText, digestTitle } from './digest-text.ts';
import { bytesAsSent, LARGEST_BODY_BYTES, markdownBody } from './message.ts';
import { aConfig, anEvent, aWordlessEvent } from './testdata/events.ts';

const CONFIG = aConfig();
const STORM = {
  waitingEvents: 1000,
  freeStarts: 18,
  spentStarts: 0,
  oldestWaitMs: 0,
  recentEvents: 0,
  thrift: 0,
};
const NOW = 1_795_344_300_000;

function manyEvents(count: number, changes: (index: number) => Partial<Event> = () => ({})): Event[] {
  return Array.from({ length: count }, (_, index) =>
    anEvent({
      labels: { alertname: 'DiskFull', severity: 'warning', job: 'node', instance: `node-${index}` },
      name: 'DiskFull',
      fingerprint: `node-${index}`,
      description: `disk of node-${index} is full`,
      ...changes(index),
    }),
  );
}

function textOf(events: readonly Event[], config = CONFIG): string {
  return JSON.parse(composeDigest(events, { now: NOW, part: 1 }, config)?.body ?? '{}').markdown.text;
}

describe('a digest', () => {
  test('says which part of a storm it is, when there are several', () => {
    const headOf = (events: readonly Event[], part: number) =>
      JSON.parse(composeDigest(events, { now: NOW, part }, CONFIG)?.body ?? '{}').markdown.text.split(
        '\n',
      )[0];
    assert.doesNotMatch(headOf(manyEvents(3), 1), /part/);
    assert.match(headOf(manyEvents(3), 2), /UTC, part 2$/);
    assert.match(headOf(manyEvents(250), 1), /UTC, part 1$/);
  });

  test('tells the locked phone how many and what', () => {
    const { title } = JSON.parse(
      composeDigest(manyEvents(3), { now: NOW, part: 1 }, CONFIG)?.body ?? '{}',
    ).markdown;
    assert.equal(title, '3 firing: DiskFull');
  });

  test('says once what all alerts of a group say', () => {
    const text = textOf(manyEvents(20, () => ({ description: 'the same words' })));
    assert.equal(text.split('all: the same words').length - 1, 1);
    assert.equal(text.split('job=node').length - 1, 1);
  });

  test('gives every alert its own link, opened as configured', () => {
    const events = manyEvents(3, (index) => ({ bestUrl: `http://203.0.113.10/graph?x=(${index}) y` }));
    assert.match(textOf(events), /\(http:\/\/203\.0\.113\.10\/graph\?x=%282%29%20y\)/);
    const browser = textOf(events, aConfig({ link_open: 'browser' }));
    assert.equal(browser.split('pc_slide=false').length - 1, 3);
  });

  test('takes the next best link where one is enormous', () => {
    const events = manyEvents(2, () => ({
      bestUrl: `http://203.0.113.10/${'x'.repeat(5000)}`,
      generatorUrl: 'http://203.0.113.10/short',
    }));
    assert.match(textOf(events), /\]\(http:\/\/203\.0\.113\.10\/short\)/);
  });

  test('carries the keyword in title and text', () => {
    const { title, text } = JSON.parse(
      composeDigest(manyEvents(2), { now: NOW, part: 1 }, aConfig({ keyword: '告警' }))?.body ?? '{}',
    ).markdown;
    assert.deepEqual([title.endsWith(' 告警'), text.endsWith(' 告警')], [true, true]);
  });

  test('shows whole labels while there is room, and how many more there are', () => {
    const value = 'v'.repeat(100);
    const labels = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`label${index}`, value]));
    const text = textOf(manyEvents(2, (index) => ({ labels: { ...labels, last: String(index) } })));
    const shown = [0, 1].map((index) => `label${index}=${'v'.repeat(63)}…`).join(' ');
    assert.match(text, new RegExp(`^\\*\\*DiskFull\\*\\* ${shown} … \\+7 labels$`, 'm'));
    assert.match(text, /^- firing \[last=1\]/m);
  });

  test('folds two events into one message however large they are', () => {
    const huge = '"\\🔥'.repeat(5000);
    const labels = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [huge + index, huge]));
    const bestUrl = `http://203.0.113.10/${'磁'.repeat(490)}`;
    const events = ['A', 'B'].map((name) =>
      anEvent({ name: name + huge, description: huge, labels, bestUrl, fingerprint: name }),
    );
    const config = aConfig({ keyword: '🔥'.repeat(49), link_open: 'side_panel' });
    const { body, covers } =
      composeDigest(events, { now: NOW, part: 1 }, config) ?? assert.fail('made no digest');
    assert.equal(covers, 2);
    assert.ok(bytesAsSent(body) > 12_000 && bytesAsSent(body) <= LARGEST_BODY_BYTES);
  });

  test('is none for a single event', () => {
    assert.equal(composeDigest(manyEvents(1), { now: NOW, part: 1 }, CONFIG), undefined);
  });
});

const drawnEvents = fc.array(
  fc
    .record({
      words: fc.string({ unit: 'grapheme', maxLength: 300 }),
      label: fc.string({ unit: 'binary', maxLength: 200 }),
      severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
      name: fc.constantFrom('A', 'B', 'C'),
      status: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const),
      wordless: fc.boolean(),
      waitedMs: fc.constantFrom(0, 0, 300_000, 720_000, 9_000_000),
    })
    .map(
      ({ words, label, severity, name, status, wordless, waitedMs }): Partial<Event> => ({
        severity,
        name,
        status,
        receivedAt: NOW - waitedMs,
        labels: { alertname: name, label },
        ...(wordless ? {} : { description: words }),
      }),
    ),
  { minLength: 1, maxLength: 120 },
);

test('no event is lost or told twice, and no message is too large, whatever the storm', () => {
  fc.assert(
    fc.property(drawnEvents, (drawn) => {
      const events = drawn.map((changes, index) =>
        aWordlessEvent({
          ...changes,
          fingerprint: String(index),
          labels: { '': `mark-${index}-`, ...changes.labels },
        }),
      );
      const told: string[] = [];
      for (let rest: readonly Event[] = events; rest.length > 0; ) {
        const pressure = { ...STORM, waitingEvents: Math.max(6, rest.length) };
        const message = compose(rest, { pressure, now: NOW, part: 1, mends: [] }, CONFIG);
        assert.ok(bytesAsSent(message.body) <= LARGEST_BODY_BYTES && message.covers >= 1);
        if (message.form === 'digest') told.push(...(message.body.match(/mark-\d+-/g) ?? []));
        else told.push(rest[0]?.labels[''] ?? '');
        rest = rest.slice(message.covers);
      }
      assert.deepEqual(told.toSorted(), events.map((event) => event.labels['']).toSorted());
    }),
    { numRuns: 60 },
  );
});

/** A digest of the first of these events, however large. */
function bodyOf(all: readonly Event[], count: number): string {
  const events = all.slice(0, count);
  const entries = entriesOf(events).map((entry) => ({ ...entry, parts: partsOf(entry.event, 'plain') }));
  const text = digestText(entries, {
    now: NOW,
    part: count < all.length ? 1 : 0,
    late_after: CONFIG.late_after,
    digest_top: 0,
    sink: CONFIG.sink,
  });
  return markdownBody({ title: digestTitle(entries), text });
}

test('a digest holds every event that it could hold whole', () => {
  fc.assert(
    fc.property(drawnEvents, fc.integer({ min: 100, max: 250 }), (drawn, count) => {
      const events = Array.from({ length: count }, (_, index) =>
        aWordlessEvent({ ...drawn[index % drawn.length], fingerprint: String(index % 40) }),
      );
      const { covers, body } =
        composeDigest(events, { now: NOW, part: 1 }, CONFIG) ?? assert.fail('made no digest');
      assert.equal(body, bodyOf(events, covers));
      assert.ok(covers === count || bytesAsSent(bodyOf(events, covers + 1)) > LARGEST_BODY_BYTES);
    }),
    { numRuns: 30 },
  );
});
