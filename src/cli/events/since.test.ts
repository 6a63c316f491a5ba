import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../command.ts';
import { readSince } from './since.ts';

const NOW = Date.parse('2026-11-22T12:00:00.500Z');

const readable: readonly { name: string; text: string; is: string }[] = [
  {
    name: 'an instant, as a digest prints it',
    text: '2026-11-22T10:00:01Z',
    is: '2026-11-22T10:00:01.000Z',
  },
  {
    name: 'an instant in another zone',
    text: '2026-11-22T18:00:01.25+08:00',
    is: '2026-11-22T10:00:01.250Z',
  },
  { name: 'a duration back from now', text: '1h30m', is: '2026-11-22T10:30:00.500Z' },
];
for (const { name, text, is } of readable) {
  test(`reads ${name}`, () => {
    assert.equal(new Date(readSince(text, NOW)).toISOString(), is);
  });
}

const wrong: readonly { name: string; text: string }[] = [
  { name: 'words', text: 'yesterday' },
  { name: 'nothing', text: '' },
  { name: 'an instant without a zone', text: '2026-11-22T10:00:01' },
  { name: 'a date that no calendar has', text: '2026-02-30T10:00:01Z' },
  { name: 'a duration without a unit', text: '90' },
];
for (const { name, text } of wrong) {
  test(`refuses ${name}, and shows what can be written`, () => {
    assert.throws(
      () => readSince(text, NOW),
      (error) =>
        error instanceof UsageError &&
        error.message.includes('2026-11-22T10:00:01Z') &&
        error.message.endsWith(`for --since, got ${JSON.stringify(text)}`),
    );
  });
}
