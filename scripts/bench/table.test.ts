import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, type Figure } from './figures.ts';
import { renderNumber, renderReport, renderTable } from './table.ts';

const FIGURE: Figure = {
  measure: 'acknowledgement',
  setting: '10 alerts',
  figure: 'webhooks accepted',
  subject: 'notifierd',
  unit: '1/s',
  values: [1_234.56, 900, 2_000],
};

const numbers: readonly { value: number; text: string }[] = [
  { value: 1_234_567.8, text: '1,234,568' },
  { value: 123.46, text: '123' },
  { value: 12.346, text: '12.3' },
  { value: 1.2346, text: '1.23' },
  { value: 0.123_46, text: '0.123' },
  { value: 0, text: '0' },
  { value: -12.34, text: '-12.3' },
  { value: Number.NaN, text: 'not measured' },
];
for (const { value, text } of numbers) {
  test(`writes ${value} as ${text}`, () => assert.equal(renderNumber(value), text));
}

test('a row has the median, the spread, the goal and whether it was reached', () => {
  const rows = renderTable([
    FIGURE,
    { ...FIGURE, goal: atLeast(1_000) },
    { ...FIGURE, goal: atLeast(1_300) },
  ]);
  assert.deepEqual(rows.split('\n').slice(2), [
    '| 10 alerts | webhooks accepted | notifierd | 1,235 1/s | 900 to 2,000 |  |  |',
    '| 10 alerts | webhooks accepted | notifierd | 1,235 1/s | 900 to 2,000 | at least 1,000 | yes |',
    '| 10 alerts | webhooks accepted | notifierd | 1,235 1/s | 900 to 2,000 | at least 1,300 | **no** |',
  ]);
});

test('every row has as many cells as the head, whatever a subject is called', () => {
  const rows = renderTable([{ ...FIGURE, subject: 'a|b', values: [1] }]).split('\n');
  assert.deepEqual(
    rows.map((row) => row.split(/(?<!\\)\|/).length),
    [9, 9, 9],
  );
});

test('the report has the machine, a section for each measure, and what went wrong', () => {
  const report = renderReport([FIGURE, { ...FIGURE, measure: 'scale' }], {
    machine: ['processor: a fast one'],
    remarks: ['the driver was busy'],
    wrong: ['notifierd: 3 answers were 500'],
  });
  const headings = [...report.matchAll(/^#+ .*$/gm)].map(([line]) => line);
  assert.deepEqual(headings, [
    '# Benchmark',
    '## acknowledgement',
    '## scale',
    '## remarks',
    '## answered wrongly',
  ]);
  assert.match(report, /^- processor: a fast one$/m);
  assert.match(report, /^- notifierd: 3 answers were 500$/m);
});

test('an orderly run has neither remarks nor wrong answers', () => {
  const report = renderReport([FIGURE], { machine: [], remarks: [], wrong: [] });
  assert.doesNotMatch(report, /remarks|wrongly/);
});
