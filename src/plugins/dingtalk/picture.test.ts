import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureOf } from './picture.ts';
import { aConfig } from './testdata/events.ts';

const ALL = { 'firing/critical': 'fc', firing: 'f', resolved: 'r', critical: 'c' };

const ROWS = [
  { name: 'both before all', pictures: ALL, status: 'firing', expected: 'fc' },
  { name: 'resolved before the severity', pictures: ALL, status: 'resolved', expected: 'r' },
  {
    name: 'the severity before firing',
    pictures: { firing: 'f', critical: 'c' },
    status: 'firing',
    expected: 'c',
  },
  {
    name: 'the severity for resolved if nothing else',
    pictures: { critical: 'c' },
    status: 'resolved',
    expected: 'c',
  },
  { name: 'firing', pictures: { firing: 'f' }, status: 'firing', expected: 'f' },
  { name: 'pic_url otherwise', pictures: { warning: 'w' }, status: 'firing', expected: 'default' },
] as const;

for (const { name, pictures, status, expected } of ROWS) {
  test(`takes the most specific picture: ${name}`, () => {
    const config = aConfig({ pic_url: 'default', pic_urls: pictures });
    assert.equal(pictureOf({ status, severity: 'critical' }, config), expected);
  });
}

test('has no picture unless one is configured', () => {
  assert.equal(pictureOf({ status: 'firing', severity: 'critical' }, aConfig()), '');
});
