import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultLinesOf, loadText } from './testing/sample.ts';

function sink(keys: string): string {
  return `sinks: {ops: {plugin: sample, token: abcd${keys}}}`;
}

describe('reads after how long events expire', () => {
  const rows = [
    { name: 'never, by default', keys: '', expireAfter: {} },
    { name: 'never, in an empty section', keys: ', expire_after: {}', expireAfter: {} },
    { name: 'never, with 0', keys: ', expire_after: {critical: 0, warning: 0s}', expireAfter: {} },
    {
      name: 'by severity',
      keys: ', expire_after: {warning: 6h, info: 1m}',
      expireAfter: { warning: 21_600_000, info: 60_000 },
    },
    {
      name: 'for every severity',
      keys: ', expire_after: {critical: 1h, error: 1h, warning: 1h, unknown: 1h, info: 1h, none: 1h}',
      expireAfter: {
        critical: 3_600_000,
        error: 3_600_000,
        warning: 3_600_000,
        unknown: 3_600_000,
        info: 3_600_000,
        none: 3_600_000,
      },
    },
  ];
  for (const { name, keys, expireAfter } of rows) {
    test(name, async (context) => {
      assert.deepEqual((await loadText(context, sink(keys))).sinks[0]?.expireAfter, expireAfter);
    });
  }
});

describe('refuses', () => {
  const rows = [
    {
      name: 'less than a common retry takes',
      keys: ', expire_after: {info: 59s}',
      says: [
        'sinks.ops.expire_after.info: expected at least 1m, got 59s (write 0, or remove the line, for events that never expire)',
      ],
    },
    {
      name: 'a word that is no severity',
      keys: ', expire_after: {warn: 1h}',
      says: [
        'sinks.ops.expire_after.warn: unknown key (known: critical, error, warning, unknown, info, none)',
      ],
    },
    {
      name: 'a number without unit',
      keys: ', expire_after: {info: 3600}',
      says: [
        'sinks.ops.expire_after.info: expected a duration such as 30s, 5m or 1h30m, got 3600 (add the unit: ms, s, m, h, d or w)',
      ],
    },
    {
      name: 'one time for all',
      keys: ', expire_after: 6h',
      says: [
        'sinks.ops.expire_after: expected keys of its own, got text (known: critical, error, warning, unknown, info, none)',
      ],
    },
  ];
  for (const { name, keys, says } of rows) {
    test(name, async (context) => assert.deepEqual(await faultLinesOf(context, sink(keys)), says));
  }
});
