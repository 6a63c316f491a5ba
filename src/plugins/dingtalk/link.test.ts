import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mend } from '../../core/plugin/contract.ts';
import { composeLink, plainLink } from './link.ts';
import { bytesAsSent, LARGEST_BODY_BYTES, type LinkCard, renderBody } from './message.ts';
import { aConfig, anEvent, aWordlessEvent, codeUnit, GOLDEN_EVENTS } from './testdata/events.ts';

/** A few seconds after the events were received. */
const NOW = 1_795_344_300_000;
/** Three days and two hours after. */
const LATE = anEvent().receivedAt + 74 * 3_600_000;
const ID = '2f1c9a3e-6a53-4d0c-9d55-0f7e2a9b8c11';

/** The inside of a composed message. */
function cardIn({ body }: { readonly body: string }): LinkCard {
  // Our own JSON, whose shape the golden messages prove.
  return (JSON.parse(body) as { link: LinkCard }).link;
}

for (const [name, event] of Object.entries(GOLDEN_EVENTS)) {
  test(`composes the golden message: ${name}`, () => {
    const { body } = composeLink(event, { mends: [], now: NOW }, aConfig());
    const file = new URL(`testdata/${name}.json`, import.meta.url);
    const rendered = `${renderBody({ id: ID, body })}\n`;
    if (process.env.NOTIFIERD_WRITE_GOLDEN === '1') writeFileSync(file, rendered);
    assert.equal(rendered, readFileSync(file, 'utf8'));
    assert.ok(Buffer.byteLength(rendered) <= LARGEST_BODY_BYTES);
  });
}

const WORDS = [
  { name: 'the summary', event: aWordlessEvent({ summary: 'S', message: 'M' }), text: 'firing: S' },
  { name: 'the message', event: aWordlessEvent({ message: 'M' }), text: 'firing: M' },
  {
    name: 'the labels but the name',
    event: aWordlessEvent({ labels: { alertname: 'A', job: 'demo', zone: 'x\ny' } }),
    text: 'firing: job=demo, zone=x y',
  },
  { name: 'the name', event: aWordlessEvent({ labels: {} }), text: 'firing: TargetFlapping' },
  {
    name: 'the summary for a description of blanks',
    event: anEvent({ description: '\u202e \n', summary: 'S' }),
    text: 'firing: S',
  },
];

for (const { name, event, text } of WORDS) {
  test(`says, in place of a missing description, ${name}`, () => {
    assert.equal(cardIn(composeLink(event, { mends: [], now: NOW }, aConfig())).text, text);
  });
}

test('puts the keyword into title and text where it is missing', () => {
  const card = cardIn(
    composeLink(
      anEvent({ name: 'Disk', description: 'full' }),
      { mends: [], now: NOW },
      aConfig({ keyword: 'ALARM' }),
    ),
  );
  assert.equal(card.title, 'ALARM Disk');
  assert.equal(card.text, 'firing: full ALARM');
});

test('does not repeat a keyword that is there already', () => {
  const event = anEvent({ name: 'ALARM Disk', description: 'ALARM full' });
  const card = cardIn(composeLink(event, { mends: [], now: NOW }, aConfig({ keyword: 'ALARM' })));
  assert.deepEqual([card.title, card.text], ['ALARM Disk', 'firing: ALARM full']);
});

test('cuts title and text to the display budgets, and the keyword survives', () => {
  const event = anEvent({ name: 'n'.repeat(100), description: `${'d'.repeat(300)} ALARM` });
  const card = cardIn(
    composeLink(
      event,
      { mends: [], now: NOW },
      aConfig({ title_chars: 10, text_chars: 40, keyword: 'ALARM' }),
    ),
  );
  assert.equal(card.title, `ALARM ${'n'.repeat(9)}…`);
  assert.equal(card.text, `firing: ${'d'.repeat(13)}… (+293 characters) ALARM`);
});

test('takes the best link that is not enormous', () => {
  const enormous = `http://prometheus.example.com/graph?g0.expr=${'x'.repeat(20_000)}`;
  const event = anEvent({ bestUrl: enormous, generatorUrl: enormous });
  assert.equal(cardIn(composeLink(event, { mends: [], now: NOW }, aConfig())).messageUrl, event.externalUrl);
});

test('opens a link plainly if it is too long for the browser wrapping', () => {
  const bestUrl = `http://prometheus.example.com/graph?g0.expr=${'%20'.repeat(2000)}`;
  assert.equal(
    cardIn(composeLink(anEvent({ bestUrl }), { mends: [], now: NOW }, aConfig({ link_open: 'browser' })))
      .messageUrl,
    bestUrl,
  );
});

const PICTURED = aConfig({ pic_url: 'https://img.example.com/a.png' });

test('halves the message for each refusal as too large, down to a floor', () => {
  const event = GOLDEN_EVENTS.huge ?? assert.fail();
  for (const [count, most] of [18_000, 9000, 4500, 2500, 2500].entries()) {
    const bytes = bytesAsSent(
      composeLink(event, { mends: Array<Mend>(count).fill('shorter'), now: NOW }, PICTURED).body,
    );
    assert.ok(
      bytes <= most && bytes > most - 200,
      `${bytes} bytes with ${count} mends, expected just under ${most}`,
    );
  }
});

test('leaves out every outside link when DingTalk called one unsafe', () => {
  const event = anEvent({
    name: 'see http://evil.example.com/x',
    description: 'go to https://evil.example.com/y now',
  });
  const card = cardIn(composeLink(event, { mends: ['without_links'], now: NOW }, PICTURED));
  assert.deepEqual(card, {
    title: 'see [link]',
    text: 'firing: go to [link] now',
    messageUrl: event.externalUrl,
    picUrl: '',
  });
  const again = cardIn(composeLink(event, { mends: ['without_links', 'without_links'], now: NOW }, PICTURED));
  assert.equal(again.messageUrl, 'https://www.dingtalk.com/');
});

test('has none of the sender’s words when DingTalk called them improper', () => {
  const card = cardIn(composeLink(anEvent(), { mends: ['neutral_text'], now: NOW }, PICTURED));
  assert.equal(card.title, 'Alert');
  assert.match(card.text, /^firing: an alert of severity warning, since 2026-11-22T10:44:57.52Z\./);
  assert.doesNotMatch(`${card.title}${card.text}`, /demo|Flapping/);
});

test('has no picture when DingTalk refused it', () => {
  assert.equal(
    cardIn(composeLink(anEvent(), { mends: [], now: NOW }, PICTURED)).picUrl,
    'https://img.example.com/a.png',
  );
  assert.equal(cardIn(composeLink(anEvent(), { mends: ['without_picture'], now: NOW }, PICTURED)).picUrl, '');
});

test('has a plain message for when nothing else works', () => {
  const card = cardIn(plainLink({ title: ' ', text: '\u0000' }, '', aConfig({ keyword: 'K' })));
  assert.deepEqual(card, {
    title: 'K Alert',
    text: '␀ K',
    messageUrl: 'https://www.dingtalk.com/',
    picUrl: '',
  });
});

test('lets a long picture address go before the text of a message that must be small', () => {
  const pic_url = `https://img.example.com/${'x'.repeat(900)}`;
  const card = (mends: readonly Mend[]) =>
    cardIn(composeLink(anEvent(), { mends, now: NOW }, aConfig({ pic_url })));
  assert.equal(card([]).picUrl, pic_url);
  assert.equal(card(['shorter', 'shorter', 'shorter', 'shorter']).picUrl, '');
});

describe('a link that comes late', () => {
  const waiting = (ms: number) => ({ mends: [], now: anEvent().receivedAt + ms });
  const event = anEvent({ description: 'full' });
  const textAfter = (ms: number, config = aConfig()) => cardIn(composeLink(event, waiting(ms), config)).text;

  test('says so at the end of its text, from the threshold on', () => {
    assert.equal(textAfter(300_000), 'firing: full');
    assert.equal(textAfter(300_001), 'firing: full (delivered 5 min late)');
    assert.equal(textAfter(50_000, aConfig({ late_after: 45_000 })), 'firing: full (delivered 50 s late)');
  });

  test('says nothing of it when that is not wanted, or when a clock was set', () => {
    assert.equal(textAfter(1e9, aConfig({ late_after: 0 })), 'firing: full');
    assert.equal(textAfter(-1e9), 'firing: full');
  });

  test('says so whatever was cut from the text, and before the keyword', () => {
    const config = aConfig({ text_chars: 10, keyword: 'ALARM' });
    assert.equal(textAfter(720_000, config), 'firing: f… (delivered 12 min late) ALARM');
  });

  test('says so in neutral words too', () => {
    const { text } = cardIn(composeLink(event, { ...waiting(720_000), mends: ['neutral_text'] }, aConfig()));
    assert.match(text, /the link leads to it\. \(delivered 12 min late\)$/);
  });
});

describe('a link that comes late for a known cause', () => {
  const now = anEvent().receivedAt + 720_000;
  const causes = [
    { delayedBy: 'limit', said: "DingTalk's limit" },
    { delayedBy: 'outage', said: 'DingTalk could not be reached' },
    { delayedBy: 'setting', said: 'a setting had to be mended' },
  ] as const;
  for (const { delayedBy, said } of causes) {
    test(`says so: ${said}`, () => {
      const textAt = (at: number) =>
        cardIn(composeLink(anEvent({ description: 'full' }), { mends: [], now: at, delayedBy }, aConfig()))
          .text;
      assert.equal(textAt(now), `firing: full (delivered 12 min late: ${said})`);
      assert.equal(textAt(NOW), 'firing: full');
    });
  }
});

describe('a link that stands in for another sink', () => {
  const event = anEvent({ description: 'd'.repeat(30_000), insteadOf: 'ops-group' });
  const rows: readonly { name: string; mends: readonly Mend[]; chars?: number }[] = [
    { name: 'whole', mends: [] },
    { name: 'cut to the display budget', mends: [], chars: 20 },
    { name: 'cut to the smallest', mends: ['shorter', 'shorter', 'shorter', 'shorter'] },
    { name: 'without links', mends: ['without_links'] },
    { name: 'in neutral words', mends: ['neutral_text'] },
  ];
  for (const { name, mends, chars = 0 } of rows) {
    test(`says so at the beginning of its text: ${name}`, () => {
      const { text } = cardIn(composeLink(event, { mends, now: NOW }, aConfig({ text_chars: chars })));
      assert.ok(text.startsWith('[for ops-group, which cannot deliver this] firing: '), text.slice(0, 80));
    });
  }
});

describe('alerts that expired', () => {
  const event = anEvent({ description: 'd'.repeat(300) });
  const made = (expired: number, mends: readonly Mend[] = []) =>
    composeLink(
      event,
      { mends, now: LATE, delayedBy: 'limit', expired },
      aConfig({ text_chars: 10, keyword: 'K' }),
    );

  test('are counted at the end of a link, with how to list them', () => {
    const listing = 'notifierd dead-letters list --config FILE --sink ops-group';
    const late = "(delivered 3 d 2 h late: DingTalk's limit)";
    assert.match(cardIn(made(12)).text, /^firing: d/);
    assert.ok(cardIn(made(12)).text.endsWith(`… ${late} (12 alerts expired unsent: ${listing}) K`));
    assert.ok(cardIn(made(1)).text.endsWith(` (1 alert expired unsent: ${listing}) K`));
    assert.doesNotMatch(cardIn(made(0)).text, /expired/);
  });

  test('are told of by the messages that say so, and not by one that DingTalk refused before', () => {
    assert.deepEqual([made(12).tellsExpired, made(0).tellsExpired], [true, undefined]);
    const mended = made(12, ['shorter']);
    assert.equal(mended.tellsExpired, undefined);
    assert.doesNotMatch(mended.body, /expired/);
  });
});

test('is never too large, never empty, well-formed and the same twice, whatever the sender writes', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map(codeUnit),
    fc.string({ unit: 'binary', maxLength: 1 }),
  );
  const text = fc.string({ unit, maxLength: 12_000, size: 'max' });
  const mends = fc.array(
    fc.constantFrom<Mend>('shorter', 'without_links', 'neutral_text', 'without_picture'),
    { maxLength: 6 },
  );
  const config = aConfig({
    keyword: '🔥'.repeat(50),
    sink: 'x'.repeat(63),
    link_open: 'browser',
    pic_url: `https://x/${'y'.repeat(980)}`,
  });
  fc.assert(
    fc.property(text, text, text, mends, (name, description, link, given) => {
      const insteadOf = '_'.repeat(63);
      const event = anEvent({ name, description, bestUrl: `https://x/${link}`, insteadOf });
      const context = { mends: given, now: LATE, delayedBy: 'outage', expired: 1e6 } as const;
      const { body, covers } = composeLink(event, context, config);
      const { title, text, messageUrl } = cardIn({ body });
      assert.ok(bytesAsSent(body) <= LARGEST_BODY_BYTES);
      assert.ok(!given.includes('shorter') || bytesAsSent(body) <= LARGEST_BODY_BYTES / 2);
      assert.ok(text.includes(' (delivered 3 d 2 h late: DingTalk could not be reached)'));
      assert.ok(text.startsWith(`[for ${insteadOf}, which cannot deliver this] `));
      assert.ok(title.includes(config.keyword) && text.includes(config.keyword) && !title.includes('\n'));
      assert.ok([title, text, messageUrl].every((part) => part !== '' && part.isWellFormed()));
      assert.equal(covers, 1);
      assert.equal(composeLink(event, context, config).body, body);
    }),
    // Shrinking texts of this length would take minutes.
    { numRuns: 20, endOnFailure: true },
  );
});

test('says whose alert it is, where the sender has a name', () => {
  const textFrom = (source: string | undefined, mends: readonly Mend[] = []): string => {
    const event = aWordlessEvent({ summary: 'S', ...(source === undefined ? {} : { source }) });
    return cardIn(composeLink(event, { mends, now: NOW }, aConfig())).text;
  };
  assert.equal(textFrom('eu-1'), 'firing: S (from eu-1)');
  assert.equal(textFrom(undefined), 'firing: S');
  assert.equal(textFrom('eu-1', ['neutral_text']).includes('eu-1'), false);
});
