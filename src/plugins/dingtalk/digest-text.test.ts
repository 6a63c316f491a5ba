import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { renderMarkdown } from '../../../test/support/dingtalk-sim/page-markdown.ts';
import type { Event } from '../../core/plugin/contract.ts';
import { composeDigest, type DigestContext } from './digest.ts';
import { bytesAsSent, LARGEST_BODY_BYTES } from './message.ts';
import { aConfig, anEvent } from './testdata/events.ts';

const RECEIVED_AT = anEvent().receivedAt;
const MINUTE = 60_000;
/** Soon enough that nothing is late. */
const SOON = RECEIVED_AT + 1_000;

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

function cardOf(
  events: readonly Event[],
  context: Partial<DigestContext> = {},
  config = aConfig(),
): { title: string; text: string } {
  return JSON.parse(composeDigest(events, { now: SOON, part: 1, ...context }, config)?.body ?? '{}').markdown;
}

function linesOf(
  events: readonly Event[],
  context: Partial<DigestContext> = {},
  config = aConfig(),
): string[] {
  return cardOf(events, context, config)
    .text.split('\n')
    .filter((line) => line !== '');
}

test('reads as the README shows', () => {
  const early = { receivedAt: RECEIVED_AT - 6 * MINUTE };
  const events = [
    anEvent({
      ...early,
      name: 'ApiDown',
      severity: 'critical',
      description: 'no answer for 2 minutes',
      labels: { alertname: 'ApiDown', severity: 'critical', service: 'shop' },
      bestUrl: 'http://203.0.113.10:30027/graph?g0.expr=up',
    }),
    aDisk(0),
    aDisk(2),
    aDisk(1, { status: 'resolved', endsAt: '2026-11-22T10:50:00Z' }),
    aDisk(2, { status: 'resolved', endsAt: '2026-11-22T10:48:17.52Z' }),
  ];
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const shown = /A digest, as[^`]*`([^`]*)`[\s\S]*?```markdown\n([\s\S]*?)\n```/.exec(readme) ?? [];
  const { title, text } = cardOf(events, {
    now: RECEIVED_AT + 6 * MINUTE,
    delayedBy: 'limit',
    expired: 12,
  });
  const lineOrder = (lines: string) => lines.split('\n').toSorted();
  assert.equal(title, shown[1]);
  assert.deepEqual(lineOrder(text), lineOrder(shown[2] ?? ''));
});

describe('an alert that fired and was resolved', () => {
  const cleared = (changes: Partial<Event> = {}) => [
    aDisk(1, { description: 'disk is 97 % full.', ...changes }),
    aDisk(1, {
      description: 'disk is 97 % full.',
      status: 'resolved',
      endsAt: '2026-11-22T10:48:17Z',
      ...changes,
    }),
  ];

  test('is one line, and counted as what it is', () => {
    const events = [aDisk(7), ...cleared(), aDisk(8, { status: 'resolved', endsAt: '2026-11-22T10:50:00Z' })];
    const { title, text } = cardOf(events);
    assert.match(
      text,
      /^- fired and cleared \[instance=node-1\]\(http[^)]+\) disk is 97 % full, lasted 3m 19s$/m,
    );
    assert.match(text, /^### warning \(3\)$/m);
    assert.equal(title, '1 firing, 1 resolved, 1 fired and cleared: DiskFull');
    assert.equal(composeDigest(events, { now: SOON, part: 1 }, aConfig())?.covers, 4);
  });

  test('does not say how long it lasted where nobody knows', () => {
    assert.match(linesOf(cleared({ endsAt: 'soon' })).at(-1) ?? '', /disk is 97 % full\.$/);
  });

  test('says how long it lasted where it says nothing else', () => {
    const events = [...cleared({ description: '', summary: '' }), aDisk(2, { description: '', summary: '' })];
    assert.match(
      linesOf(events).at(-2) ?? '',
      /^- fired and cleared \[instance=node-1\]\([^)]+\), lasted 3m 19s$/,
    );
  });
});

describe('what an alert does again', () => {
  const described = (changes: Partial<Event> = {}) =>
    aDisk(1, { description: 'disk is 97 % full.', ...changes });

  test('a reminder is no second line', () => {
    const events = [described(), aDisk(2), described()];
    const lines = linesOf(events).filter((line) => line.includes('node-1'));
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? '',
      /^- firing \[instance=node-1\]\([^)]+\) disk is 97 % full, with 1 reminder$/,
    );
    assert.equal(cardOf(events).title, '2 firing: DiskFull');
    assert.equal(composeDigest(events, { now: SOON, part: 1 }, aConfig())?.covers, 3);
  });

  test('a second start is no second line', () => {
    const events = [described(), described({ startsAt: '2026-11-22T10:49:00Z' }), aDisk(2)];
    const lines = linesOf(events).filter((line) => line.includes('node-1'));
    assert.deepEqual(
      lines.map((line) => line.replace(/\(http[^)]+\)/, '')),
      ['- firing [instance=node-1] disk is 97 % full, started 2 times'],
    );
  });
});

describe('lateness', () => {
  const waiting = (minutes: readonly number[]) =>
    minutes.map((wait, number) => aDisk(number, { receivedAt: SOON - wait * MINUTE }));
  const rows = [
    { name: 'nowhere when nothing is late', minutes: [0, 5], head: '', lines: ['', ''] },
    {
      name: 'once when all are equally late',
      minutes: [12, 12],
      head: ', delivered 12 min late',
      lines: ['', ''],
    },
    {
      name: 'once when all are late',
      minutes: [6, 12, 9],
      head: ', delivered 6 to 12 min late',
      lines: ['', '', ''],
    },
    {
      name: 'on the line when some are late',
      minutes: [12, 1],
      head: '',
      lines: [' (delivered 12 min late)', ''],
    },
    { name: 'nowhere when clocks were set', minutes: [-60, -90], head: '', lines: ['', ''] },
  ];
  for (const { name, minutes, head, lines } of rows) {
    test(`is told ${name}`, () => {
      const [first = '', ...others] = linesOf(waiting(minutes));
      const told = others
        .filter((line) => line.startsWith('- '))
        .map((line) => /(?: \(delivered.*)?$/.exec(line)?.[0]);
      assert.deepEqual([/ UTC(.*)$/.exec(first)?.[1], told], [head, lines]);
    });
  }

  test('follows the configured threshold', () => {
    const [head] = linesOf(waiting([2, 12]), {}, aConfig({ late_after: MINUTE }));
    assert.match(head ?? '', /, delivered 2 to 12 min late$/);
    assert.doesNotMatch(cardOf(waiting([2, 12]), {}, aConfig({ late_after: 0 })).text, /late/);
  });

  const causes = [
    { delayedBy: 'limit', said: "DingTalk's limit" },
    { delayedBy: 'outage', said: 'DingTalk could not be reached' },
    { delayedBy: 'setting', said: 'a setting had to be mended' },
  ] as const;
  for (const { delayedBy, said } of causes) {
    test(`names its cause once, in the head: ${said}`, () => {
      const [all, ...lines] = linesOf(waiting([6, 12]), { delayedBy });
      assert.match(all ?? '', new RegExp(`UTC, delivered 6 to 12 min late \\(${said}\\)$`));
      assert.doesNotMatch(lines.join('\n'), /late/);
      const [some, , , ...others] = linesOf(waiting([12, 1]), { delayedBy });
      assert.match(some ?? '', new RegExp(`UTC, some delivered late \\(${said}\\)$`));
      assert.deepEqual(
        others.map((line) => / \(delivered.*/.exec(line)?.[0]),
        [' (delivered 12 min late)', undefined],
      );
      assert.doesNotMatch(cardOf(waiting([5, 1]), { delayedBy }).text, /late/);
    });
  }

  test('of what fired and cleared is that of its first event', () => {
    const resolved = aDisk(0, { status: 'resolved', endsAt: '2026-11-22T10:48:17Z', receivedAt: SOON });
    const [, , , line] = linesOf([...waiting([7]), resolved, aDisk(9)]);
    assert.match(line ?? '', /^- fired and cleared .* \(delivered 7 min late\)$/);
  });
});

describe('standing in for another sink', () => {
  test('is told once when all that a digest tells of stands in for the same', () => {
    const events = [0, 1].map((number) => aDisk(number, { insteadOf: 'ops_group' }));
    const { text } = cardOf(events);
    assert.match(text, /^\(for ops\\_group, which cannot deliver this\) \*\*2 firing\*\*, 2026/);
    assert.equal(text.split('cannot deliver').length - 1, 1);
  });

  test('is told on the line when only some do, or for different sinks', () => {
    const events = [aDisk(0, { insteadOf: 'ops' }), aDisk(1, { insteadOf: 'db' }), aDisk(2)];
    const [head, , , ...lines] = linesOf(events);
    assert.match(head ?? '', /^\*\*3 firing\*\*, 2026/);
    assert.deepEqual(
      lines.map((line) => /^- (.*?)\[/.exec(line)?.[1]),
      [
        '(for ops, which cannot deliver this) firing ',
        '(for db, which cannot deliver this) firing ',
        'firing ',
      ],
    );
  });

  test('keeps what fired for one sink and cleared for another on two lines', () => {
    const events = [aDisk(0, { insteadOf: 'ops' }), aDisk(0, { status: 'resolved' })];
    assert.match(cardOf(events).text, /^\*\*1 firing, 1 resolved\*\*/);
  });
});

describe('alerts that expired', () => {
  test('are counted at the end, before the keyword, with how to list them', () => {
    const config = aConfig({ keyword: 'ALARM', sink: 'ops_group' });
    const lastLine = (expired: number) => linesOf([aDisk(0), aDisk(1)], { expired }, config).at(-1);
    const listing = 'notifierd dead-letters list --config FILE --sink ops\\_group ALARM';
    assert.equal(lastLine(12), `12 alerts expired before they could be sent: ${listing}`);
    assert.equal(lastLine(1), `1 alert expired before it could be sent: ${listing}`);
    assert.match(lastLine(0) ?? '', /^- firing/);
  });

  test('are told of once: the message says that it does', () => {
    const told = (expired: number) =>
      composeDigest([aDisk(0), aDisk(1)], { now: SOON, part: 1, expired }, aConfig())?.tellsExpired;
    assert.deepEqual([told(12), told(0)], [true, undefined]);
  });

  test('never make a digest too large', () => {
    const events = Array.from({ length: 250 }, (_, number) => aDisk(number, { insteadOf: 'x'.repeat(63) }));
    const config = aConfig({ digest_top: 100, sink: '_'.repeat(63), keyword: '🔥'.repeat(50) });
    const context = { now: SOON + 1e9, part: 1, expired: 1e6, delayedBy: 'outage' } as const;
    for (const mixed of [events, [...events.slice(1), aDisk(900)]]) {
      const { body } = composeDigest(mixed, context, config) ?? assert.fail('made no digest');
      assert.ok(bytesAsSent(body) <= LARGEST_BODY_BYTES);
    }
  });
});

describe('digest_top', () => {
  const storm = [
    ...Array.from({ length: 40 }, (_, number) => aDisk(number, { severity: 'info' })),
    aDisk(90, { severity: 'critical' }),
  ];

  test('shows every alert by default', () => {
    const text = cardOf(storm).text;
    assert.equal(text.match(/^- /gm)?.length, 41);
    assert.doesNotMatch(text, /more/);
  });

  test('shows the worst, and says how many more there are and where', () => {
    const config = aConfig({ digest_top: 4, keyword: 'ALARM' });
    const lines = linesOf(storm, {}, config);
    assert.match(lines[0] ?? '', /^\*\*41 firing\*\*/);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('- ')).map((line) => /node-\d+/.exec(line)?.[0]),
      ['node-90', 'node-0', 'node-1', 'node-2'],
    );
    assert.ok(lines.includes('### info (40)'));
    assert.equal(
      lines.at(-1),
      'and 37 more: notifierd events --config FILE --sink ops-group --since 2026-11-22T10:44:57Z ALARM',
    );
    assert.equal(composeDigest(storm, { now: SOON, part: 1 }, config)?.covers, 41);
  });

  test('lists the rest from when the first of them was received, whatever the lane had first', () => {
    const events = [9, 5, 2, 7].map((minutes, number) =>
      aDisk(number, {
        receivedAt: RECEIVED_AT - minutes * MINUTE,
        severity: number === 0 ? 'error' : 'info',
      }),
    );
    const config = aConfig({ digest_top: 2, sink: 'ops_group', late_after: 0 });
    assert.equal(
      linesOf(events, {}, config).at(-1),
      'and 2 more: notifierd events --config FILE --sink ops\\_group --since 2026-11-22T10:37:57Z',
    );
  });

  test('says nothing of more when there are none', () => {
    assert.doesNotMatch(cardOf(storm, {}, aConfig({ digest_top: 41 })).text, /more/);
  });
});

test('nothing that a sender writes makes a heading, a line, a link or a mention', () => {
  const snippet = fc.constantFrom(
    '](http://evil.example.com)',
    '[a](http://evil.example.com) ',
    '![a](http://evil.example.com)',
    '\n# h\n',
    '\n- item\n> quote\n1. one\n***\n',
    '@all @13800000000＠all',
    '<a href="http://evil.example.com">',
    'https://evil.example.com/ www.evil.example.com',
    '`',
    '**',
    '_',
    '\\',
    '\u2028\u0085\r',
  );
  const text = fc
    .array(fc.oneof(snippet, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 6 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text, text), { minLength: 2, maxLength: 5 }), (drawn) => {
      const events = drawn.map(([name, description, label, url], number) =>
        aDisk(number, {
          name,
          description,
          labels: { [label]: name, x: label },
          bestUrl: `https://h/${url}`,
        }),
      );
      const config = aConfig();
      const { title, text } = cardOf(events, {}, config);
      const html = renderMarkdown(text);
      const count = (pattern: RegExp) => html.match(pattern)?.length ?? 0;
      assert.equal(count(/<a /g), events.length);
      assert.equal(count(/<a href="https:\/\/h\//g), events.length);
      assert.equal(count(/class="item"/g), events.length);
      assert.deepEqual([count(/class="heading"/g), count(/<blockquote/g), count(/<img/g)], [1, 0, 0]);
      assert.doesNotMatch(`${title}\n${text}`, /[@＠]\S/);
      const words = text.replace(/\]\(https:\/\/h\/[^)\s]*\)/g, ')');
      assert.doesNotMatch(words, /:\/\/\S|\bwww\.\S|<[a-z/!?]/i);
      const body = composeDigest(events, { now: SOON, part: 1 }, config)?.body ?? '{}';
      assert.deepEqual(Object.keys(JSON.parse(body)), ['msgtype', 'markdown']);
    }),
    { numRuns: 200 },
  );
});

describe('alerts of several sources', () => {
  const from = (source: string | undefined, changes: Partial<Event> = {}) =>
    aDisk(1, { ...(source === undefined ? {} : { source }), ...changes });

  test('say whose they are', () => {
    const lines = linesOf([from('eu-1'), aDisk(2), from('us @all')]).filter((line) => line.startsWith('- '));
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /^- firing \S.* from eu-1 /);
    assert.doesNotMatch(lines[1] ?? '', / from /);
    assert.match(lines[2] ?? '', / from us @ all /);
  });

  test('of one source alone do not say it', () => {
    assert.equal(
      linesOf([from('eu-1'), aDisk(2, { source: 'eu-1' })]).some((line) => line.includes('eu-1')),
      false,
    );
  });

  test('with equal labels stay two: the end of one is not the end of the other', () => {
    const end = '2026-11-22T10:50:00Z';
    const lines = linesOf([from('eu-1'), from('us-1', { status: 'resolved', endsAt: end })]);
    assert.equal(
      lines.some((line) => line.startsWith('- firing')),
      true,
    );
    assert.equal(
      lines.some((line) => line.startsWith('- resolved')),
      true,
    );
  });
});
