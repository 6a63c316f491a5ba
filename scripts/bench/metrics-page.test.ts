import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sumOf } from './metrics-page.ts';

const PAGE = `# HELP queued_total How many.
# TYPE queued_total counter
queued_total{sink="a"} 3
queued_total{sink="b, with a blank"} 40
queued_total_other{sink="a"} 1000
lag_seconds 0.015
`;

const rows: readonly { name: string; series: string; labels?: string; expected: number }[] = [
  { name: 'all series of a name', series: 'queued_total', expected: 43 },
  { name: 'those with a label', series: 'queued_total', labels: 'sink="a"', expected: 3 },
  { name: 'one without labels', series: 'lag_seconds', expected: 0.015 },
  { name: 'none', series: 'queued', expected: Number.NaN },
];
for (const { name, series, labels, expected } of rows) {
  test(`adds up ${name}`, () => assert.equal(sumOf(PAGE, series, labels), expected));
}
