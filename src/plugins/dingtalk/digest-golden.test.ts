/** Digests of webhooks that were recorded from a real Alertmanager, as the group would read them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventsOf } from '../../../test/contract/plugin/recorded-events.ts';
import { readFixture } from '../../../test/support/fixtures.ts';
import type { Event } from '../../core/plugin/contract.ts';
import { composeDigest } from './digest.ts';
import { bytesAsSent, LARGEST_BODY_BYTES } from './message.ts';
import { aConfig } from './testdata/events.ts';

const GOLDEN = [
  { name: 'digest-200-alerts', fixtures: ['firing-200-alerts'], minutesLate: 0 },
  { name: 'digest-mixed-severities', fixtures: ['firing-mixed-severities'], minutesLate: 0 },
  { name: 'digest-unicode-zh', fixtures: ['firing-unicode-zh'], minutesLate: 12 },
  {
    name: 'digest-hostile',
    fixtures: ['firing-special-characters', 'firing-markup-and-urls'],
    minutesLate: 0,
  },
  { name: 'digest-lifecycle', fixtures: ['lifecycle-1-firing', 'lifecycle-3-resolved'], minutesLate: 0 },
];

for (const { name, fixtures, minutesLate } of GOLDEN) {
  test(`composes the golden digests: ${name}`, () => {
    const events = fixtures.flatMap((fixture) => eventsOf(readFixture(`${fixture}.json`)));
    const shown = digestsOf(events, minutesLate).join('\n\n==========\n\n');
    const file = new URL(`testdata/${name}.txt`, import.meta.url);
    if (process.env.NOTIFIERD_WRITE_GOLDEN === '1') writeFileSync(file, `${shown}\n`);
    assert.equal(`${shown}\n`, readFileSync(file, 'utf8'));
  });
}

/** Title and text of each. */
function digestsOf(events: readonly Event[], minutesLate: number): string[] {
  const shown: string[] = [];
  for (let rest = events; rest.length > 0; ) {
    const now = (rest[0]?.receivedAt ?? 0) + minutesLate * 60_000;
    const message = composeDigest(rest, { now, part: 1 }, aConfig()) ?? assert.fail('made no digest');
    assert.ok(bytesAsSent(message.body) <= LARGEST_BODY_BYTES);
    const { title, text } = JSON.parse(message.body).markdown;
    shown.push(`${title}\n\n${text}`);
    rest = rest.slice(message.covers);
  }
  return shown;
}
