import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fieldFault } from '../../../test/support/dingtalk-sim/message-types.ts';
import type { Event, Message } from '../../core/plugin/contract.ts';
import { composeFeedCard, type FeedContext } from './feed-card.ts';
import { bytesAsSent, type FeedEntry, LARGEST_BODY_BYTES } from './message.ts';
import { aConfig, anEvent } from './testdata/events.ts';

const PICTURES = {
  digest_form: 'feed_card',
  pic_url: 'https://img.example.com/amber.png',
  pic_urls: { resolved: 'https://img.example.com/green.png' },
} as const;
const CONFIG = aConfig(PICTURES);
const NOW = anEvent().receivedAt;
const MINUTE = 60_000;

/** An alert on a disk; each number is another. */
function aDisk(number: number, changes: Partial<Event> = {}): Event {
  return anEvent({
    name: 'DiskFull',
    labels: { alertname: 'DiskFull', severity: 'warning', job: 'node', instance: `node-${number}` },
    description: `disk of node-${number} is full`,
    fingerprint: String(number),
    bestUrl: 'http://203.0.113.10:30027/graph?g0.expr=disk',
    ...changes,
  });
}

function disks(count: number, changes: Partial<Event> = {}): Event[] {
  return Array.from({ length: count }, (_, number) => aDisk(number, changes));
}

function cardOf(events: readonly Event[], context: Partial<FeedContext> = {}, config = CONFIG): Message {
  return composeFeedCard(events, { now: NOW, ...context }, config) ?? assert.fail('made no feed card');
}

function entriesIn({ body }: Message): FeedEntry[] {
  // Our own JSON, whose shape fieldFault() proves.
  return (JSON.parse(body) as { feedCard: { links: FeedEntry[] } }).feedCard.links;
}

function titlesIn(message: Message): string[] {
  return entriesIn(message).map(({ title }) => title);
}

test('reads as the README shows', () => {
  const events = [
    anEvent({
      name: 'ApiDown',
      severity: 'critical',
      description: 'no answer for 2 minutes',
      labels: { alertname: 'ApiDown', severity: 'critical', service: 'shop' },
      bestUrl: 'http://203.0.113.10:30027/graph?g0.expr=up',
    }),
    aDisk(0, { insteadOf: 'db-group' }),
    aDisk(2, { receivedAt: NOW - 12 * MINUTE }),
    aDisk(1, { status: 'resolved', endsAt: '2026-11-22T10:50:00Z' }),
    aDisk(2, { status: 'resolved', endsAt: '2026-11-22T10:48:17.52Z' }),
  ];
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const shown = /A feed card[^`]*(?:`[^`]*`[^`]*)*?```json\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? 'null';
  const message = cardOf(events, { delayedBy: 'limit', expired: 12 });
  assert.deepEqual(JSON.parse(message.body), JSON.parse(shown));
  assert.deepEqual([message.form, message.covers, message.tellsExpired], ['feed_card', 5, true]);
});

describe('a feed card', () => {
  test('has an entry for each event, in their order, with its own link and picture', () => {
    const entries = entriesIn(
      cardOf(
        [aDisk(2), aDisk(1, { status: 'resolved' })],
        {},
        aConfig({ ...PICTURES, link_open: 'browser' }),
      ),
    );
    assert.deepEqual(
      entries.map(({ title, picURL }) => [/node-\d/.exec(title)?.[0], picURL]),
      [
        ['node-2', 'https://img.example.com/amber.png'],
        ['node-1', 'https://img.example.com/green.png'],
      ],
    );
    assert.match(entries[0]?.messageURL ?? '', /^dingtalk:\/\/.*g0\.expr%3Ddisk&pc_slide=false$/);
  });

  test('holds as many entries as its bytes allow', () => {
    const bestUrl = `http://203.0.113.10/${'x'.repeat(1400)}`;
    const pic_url = `https://img.example.com/${'y'.repeat(900)}`;
    const { body, covers, open } = cardOf(disks(8, { bestUrl }), {}, aConfig({ pic_url }));
    assert.deepEqual([covers, open], [7, false]);
    assert.ok(bytesAsSent(body) > 16_000 && bytesAsSent(body) <= LARGEST_BODY_BYTES);
  });

  test('takes the next best link where one is enormous, and a harmless one where all are', () => {
    const bestUrl = `http://203.0.113.10/${'x'.repeat(5000)}`;
    const urlOf = (generatorUrl: string) =>
      entriesIn(cardOf(disks(2, { bestUrl, generatorUrl, externalUrl: bestUrl })))[0]?.messageURL;
    assert.equal(urlOf('http://203.0.113.10/short'), 'http://203.0.113.10/short');
    assert.equal(urlOf(bestUrl), 'https://www.dingtalk.com/');
  });

  test('has a picture even where pic_urls wants none', () => {
    const config = aConfig({ ...PICTURES, pic_urls: { firing: '' } });
    assert.equal(entriesIn(cardOf(disks(2), {}, config))[0]?.picURL, PICTURES.pic_url);
  });

  test('holds eight entries, and is open while it has fewer', () => {
    const made = (count: number) => {
      const { covers, open } = cardOf(disks(count));
      return { covers, open };
    };
    assert.deepEqual(made(7), { covers: 7, open: true });
    assert.deepEqual(made(8), { covers: 8, open: false });
    assert.deepEqual(made(250), { covers: 8, open: false });
  });

  test('tells of what fired and cleared in one entry, so that more events fit', () => {
    const cleared = disks(8).flatMap((event) => [event, { ...event, status: 'resolved' as const }]);
    const message = cardOf([...cleared, aDisk(9)]);
    assert.equal(message.covers, 16);
    assert.match(titlesIn(message)[7] ?? '', /^fired and cleared warning: DiskFull instance=node-7, /);
  });

  test('says of a reminder in the entry of its alert', () => {
    const message = cardOf([...disks(2), aDisk(0)]);
    assert.equal(message.covers, 3);
    assert.equal(titlesIn(message).length, 2);
    assert.match(
      titlesIn(message)[0] ?? '',
      /^firing warning: DiskFull instance=node-0, .*, with 1 reminder/,
    );
  });

  test('is none for a single event', () => {
    assert.equal(composeFeedCard(disks(1), { now: NOW }, CONFIG), undefined);
  });

  test('carries the keyword once, in its first title', () => {
    const keyed = (keyword: string) => titlesIn(cardOf(disks(2), {}, aConfig({ ...PICTURES, keyword })));
    assert.deepEqual(
      keyed('ALARM').map((title) => title.endsWith(' ALARM')),
      [true, false],
    );
    assert.deepEqual(keyed('DiskFull'), titlesIn(cardOf(disks(2))));
  });

  test('says on each entry how late it is and why, and for whom', () => {
    const events = [aDisk(0, { receivedAt: NOW - 6 * MINUTE }), aDisk(1, { insteadOf: 'db-group' })];
    const [late, other] = titlesIn(cardOf(events, { delayedBy: 'outage' }));
    assert.match(late ?? '', / \(delivered 6 min late: DingTalk could not be reached\)$/);
    assert.match(other ?? '', /^\[for db-group, which cannot deliver this\] firing warning: .* is full$/);
  });

  test('gives an entry to the alerts that expired', () => {
    const message = cardOf(disks(20), { expired: 1 });
    assert.deepEqual([message.covers, message.tellsExpired], [7, true]);
    assert.deepEqual(entriesIn(message).at(-1), {
      title:
        '1 alert expired before it could be sent: notifierd dead-letters list --config FILE --sink ops-group',
      messageURL: 'http://203.0.113.10:30093',
      picURL: PICTURES.pic_url,
    });
    assert.equal(cardOf(disks(20)).tellsExpired, undefined);
  });
});

test('is never too large and always well-formed, whatever the sender writes', () => {
  const text = fc
    .tuple(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(1, 1, 400))
    .map(([piece, times]) => piece.repeat(times));
  const config = aConfig({
    keyword: '🔥'.repeat(50),
    link_open: 'side_panel',
    pic_url: `https://x/${'y'.repeat(980)}`,
  });
  const event = fc.record({ name: text, description: text, label: text, url: text, externalUrl: text });
  fc.assert(
    fc.property(fc.array(event, { minLength: 2, maxLength: 9 }), fc.nat(2), (drawn, expired) => {
      const events = drawn.map(({ name, description, label, url, externalUrl }, number) =>
        aDisk(number, {
          name,
          description,
          labels: { [label]: label, number: String(number) },
          bestUrl: `https://x/${url}`,
          externalUrl: `https://x/${externalUrl}`,
          insteadOf: 'x'.repeat(63),
          receivedAt: 0,
        }),
      );
      const { body, covers } = cardOf(events, { delayedBy: 'setting', expired }, config);
      assert.ok(bytesAsSent(body) <= LARGEST_BODY_BYTES && covers >= 2);
      assert.ok(body.isWellFormed());
      const { msgtype, feedCard } = JSON.parse(body);
      assert.equal(fieldFault(msgtype, feedCard), undefined);
      assert.ok(titlesIn({ form: '', body, covers }).every((title) => !title.includes('\n')));
    }),
    { numRuns: 60 },
  );
});
