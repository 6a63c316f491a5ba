import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../core/plugin/contract.ts';
import { compose } from './compose.ts';
import { composeDigest } from './digest.ts';
import { bytesAsSent, LARGEST_BODY_BYTES } from './message.ts';
import { aConfig, anEvent, aWordlessEvent } from './testdata/events.ts';

const CONFIG = aConfig();
const STORM = { waitingEvents: 1000, freeStarts: 18, spentStarts: 0, oldestWaitMs: 0 };
const NOW = 1_795_344_300_000;

function manyEvents(count: number, changes: (index: number) => Partial<Event> = () => ({})): Event[] {
  return Array.from({ length: count }, (_, index) =>
    anEvent({
      labels: { alertname: 'DiskFull', severity: 'warning', job: 'node', instance: `node-${index}` },
      name: 'DiskFull',
      description: `disk of node-${index} is full`,
      ...changes(index),
    }),
  );
}

function textOf(events: readonly Event[], config = CONFIG): string {
  return JSON.parse(composeDigest(events, config)?.body ?? '{}').markdown.text;
}

describe('a digest', () => {
  test('reads well', () => {
    const events = [
      ...manyEvents(2),
      anEvent({
        name: 'ApiDown',
        severity: 'critical',
        description: 'no answer for 2 minutes',
        labels: { alertname: 'ApiDown', severity: 'critical', service: 'shop' },
      }),
      ...manyEvents(1, () => ({ status: 'resolved', endsAt: '2026-11-22T10:50:00Z' })),
    ];
    const link = events[0]?.bestUrl;
    assert.equal(
      textOf(events),
      [
        '**3 firing, 1 resolved**, 2026-11-22 10:44:57 to 2026-11-22 10:50:00 UTC',
        '### critical (1)',
        '**ApiDown**',
        `- firing [service=shop](${link}) no answer for 2 minutes`,
        '### warning (3)',
        '**DiskFull** job=node',
        [
          `- firing [instance=node-0](${link}) disk of node-0 is full`,
          `- firing [instance=node-1](${link}) disk of node-1 is full`,
          `- resolved [instance=node-0](${link}) disk of node-0 is full`,
        ].join('\n'),
      ].join('\n\n'),
    );
  });

  test('tells the locked phone how many and what', () => {
    const { title } = JSON.parse(composeDigest(manyEvents(3), CONFIG)?.body ?? '{}').markdown;
    assert.equal(title, '3 firing: DiskFull');
  });

  test('says once what all alerts of a group say', () => {
    const text = textOf(manyEvents(20, () => ({ description: 'the same words' })));
    assert.equal(text.split('the same words').length - 1, 1);
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
      composeDigest(manyEvents(2), aConfig({ keyword: '告警' }))?.body ?? '{}',
    ).markdown;
    assert.deepEqual([title.endsWith(' 告警'), text.endsWith(' 告警')], [true, true]);
  });

  test('cannot be broken by what a label holds', () => {
    const labels = { alertname: 'A', x: '](http://evil.example.com) **[_`\n### heading' };
    const text = textOf(manyEvents(2, (index) => ({ labels: { ...labels, i: String(index) } })));
    assert.doesNotMatch(text, /\]\(http:\/\/evil|^### heading/m);
  });
});

describe('the form', () => {
  const rows = [
    { name: 'a link while up to five wait and as many starts are free', waiting: 5, free: 5, form: 'link' },
    { name: 'a digest when more wait', waiting: 6, free: 18, form: 'digest' },
    { name: 'a digest when fewer starts are free than events wait', waiting: 3, free: 2, form: 'digest' },
    { name: 'a link for a single event, whatever the pressure', waiting: 1, free: 1, form: 'link' },
  ];
  for (const { name, waiting, free, form } of rows) {
    test(name, () => {
      const context = {
        pressure: { waitingEvents: waiting, freeStarts: free, spentStarts: 0, oldestWaitMs: 0 },
        now: NOW,
        part: 1,
        mends: [],
      };
      assert.equal(compose(manyEvents(waiting), context, CONFIG).form, form);
    });
  }

  test('follows the configured number', () => {
    const context = { pressure: { ...STORM, waitingEvents: 9 }, now: NOW, part: 1, mends: [] };
    assert.equal(compose(manyEvents(9), context, aConfig({ links_up_to: 9 })).form, 'link');
    assert.equal(
      compose(
        manyEvents(2),
        { ...context, pressure: { ...STORM, waitingEvents: 2 } },
        aConfig({ links_up_to: 0 }),
      ).form,
      'digest',
    );
  });

  test('is a link when not even two events fit into a digest', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`label${index}`, 'x'.repeat(60)]),
    );
    const events = manyEvents(2, () => ({ labels }));
    assert.equal(composeDigest(events, CONFIG), undefined);
    assert.equal(compose(events, { pressure: STORM, now: NOW, part: 1, mends: [] }, CONFIG).form, 'link');
  });
});

test('no event is lost or told twice, and no message is too large, whatever the storm', () => {
  const event = fc
    .record({
      words: fc.string({ unit: 'grapheme', maxLength: 300 }),
      label: fc.string({ unit: 'binary', maxLength: 200 }),
      severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
      name: fc.constantFrom('A', 'B', 'C'),
      wordless: fc.boolean(),
    })
    .map(
      ({ words, label, severity, name, wordless }): Partial<Event> => ({
        severity,
        name,
        labels: { alertname: name, label },
        ...(wordless ? {} : { description: words }),
      }),
    );
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 120 }), (drawn) => {
      const events = drawn.map((changes, index) =>
        aWordlessEvent({ ...changes, labels: { ...changes.labels, mark: `mark-${index}-` } }),
      );
      let rest: readonly Event[] = events;
      const told: string[] = [];
      while (rest.length > 0) {
        const pressure = { ...STORM, waitingEvents: Math.max(6, rest.length) };
        const message = compose(rest, { pressure, now: NOW, part: 1, mends: [] }, CONFIG);
        if (bytesAsSent(message.body) > LARGEST_BODY_BYTES || message.covers < 1) return false;
        if (message.form === 'digest') told.push(...(message.body.match(/mark-\d+-/g) ?? []));
        else told.push(rest[0]?.labels.mark ?? '');
        rest = rest.slice(message.covers);
      }
      return told.length === events.length && new Set(told).size === events.length;
    }),
    { numRuns: 60 },
  );
});
