import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Census } from '../../core/outbox/move/census.ts';
import { createReport } from './report.ts';

const CENSUS: Census = {
  rows: new Map([
    ['notification', 2],
    ['message', 1],
    ['run', 1],
  ]),
  lanes: [
    { name: 'backup', waiting: 0, unsealed: 0, sealed: 0 },
    { name: 'log', waiting: 1, unsealed: 1, sealed: 0 },
    { name: 'ops', waiting: 12, unsealed: 9, sealed: 3 },
  ],
  deadLetters: 1,
};
const NOTHING: Census = { rows: new Map(), lanes: [], deadLetters: 0 };

/** A report, what it has said so far, and its time. */
function scene() {
  let now = 0;
  const said: string[] = [];
  const report = createReport({
    file: '/srv/a.db',
    address: {
      engine: 'postgres',
      host: 'h',
      port: 5432,
      user: 'u',
      database: 'd',
      schema: 's',
      connections: 1,
    },
    clock: { now: () => 0, elapsed: () => now, wait: async () => undefined, after: () => () => undefined },
    print: (text) => void said.push(text),
  });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { report, said: () => said.join(''), pass };
}

test('says what moves, and from where to where', () => {
  const { report, said } = scene();
  report.begins(CENSUS);
  assert.equal(
    said(),
    [
      'moving /srv/a.db to postgres://u@h:5432/d (schema s)',
      '  13 events wait: 1 for log, 12 for ops',
      '  2 notifications',
      '  1 message',
      '  1 dead letter',
      '4 rows in all',
      '',
    ].join('\n'),
  );
});

test('says every few seconds how far it is', () => {
  const { report, said, pass } = scene();
  report.copied(500, 3000);
  pass(3_000);
  report.copied(1000, 3000);
  report.copied(1500, 3000);
  pass(2_999);
  report.copied(2000, 3000);
  assert.equal(said(), '33 %: 1000 of 3000 rows\n');
});

test('says in the end what was moved, and what to do next', () => {
  const { report, said } = scene();
  report.ended({ kind: 'moved', census: CENSUS });
  assert.match(
    said(),
    /^moved, and compared:\n {2}13 events wait: .*\n(?: {2}.*\n){3}Next: set outbox\.url .* outbox\.schema to s,/,
  );
  assert.match(said(), /\/srv\/a\.db is left as it was, and no notifierd starts on it any more/);
});

test('says that there was nothing left to do', () => {
  const { report, said } = scene();
  report.ended({ kind: 'moved_before', census: NOTHING });
  assert.match(
    said(),
    /^an earlier run has moved \/srv\/a\.db to postgres:.*:\n {2}no events wait\n {2}0 notifications\n/,
  );
});
