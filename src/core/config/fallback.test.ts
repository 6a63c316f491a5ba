import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SEVERITIES } from '../event/severity.ts';
import { shapeProblems } from '../plugin/plugin-shape.ts';
import { SINK_SETTINGS } from './sinks.ts';
import { faultLinesOf, loadText, samplePlugin } from './testing/sample.ts';

/** Sinks of the sample plugin, each with these keys. */
function sinks(keys: Readonly<Record<string, string>>): string {
  return `sinks:\n${Object.entries(keys)
    .map(([name, more]) => `  ${name}: {plugin: sample, token: abcd${more === '' ? '' : `, ${more}`}}\n`)
    .join('')}`;
}

test('a sink has no fallback unless it is configured', async (context) => {
  const { sinks: read } = await loadText(context, sinks({ ops: '' }));
  assert.ok(read[0] !== undefined && !('fallback' in read[0]));
});

test('a fallback has everything but its name by default', async (context) => {
  const { sinks: read } = await loadText(context, sinks({ ops: 'fallback: {sink: log}', log: '' }));
  assert.deepEqual(read[0]?.fallback, {
    sink: 'log',
    afterMs: 300_000,
    severities: SEVERITIES,
    tellTwice: false,
  });
});

test('reads every key of a fallback, the severities from worst to mildest and each once', async (context) => {
  const { sinks: read } = await loadText(
    context,
    sinks({
      ops: 'fallback: {sink: log, after: 10s, severities: [info, critical, info], tell_twice: true}',
      log: '',
    }),
  );
  assert.deepEqual(read[0]?.fallback, {
    sink: 'log',
    afterMs: 10_000,
    severities: ['critical', 'info'],
    tellTwice: true,
  });
});

test('fallbacks may meet in one sink, and follow each other', async (context) => {
  const text = sinks({
    a: 'fallback: {sink: b}',
    b: 'fallback: {sink: d}',
    c: 'fallback: {sink: b}',
    d: '',
  });
  assert.deepEqual(await faultLinesOf(context, text), []);
});

describe('refuses a fallback', () => {
  const rows: { name: string; keys: Record<string, string>; says: string[] }[] = [
    {
      name: 'without a sink',
      keys: { ops: 'fallback: {after: 1m}', log: '' },
      says: ['sinks.ops.fallback.sink: missing: expected the name of the sink to fall back to'],
    },
    {
      name: 'that is only a name',
      keys: { ops: 'fallback: log', log: '' },
      says: [
        'sinks.ops.fallback: expected keys of its own, got text (known: sink, after, severities, tell_twice)',
      ],
    },
    {
      name: 'with an unknown key',
      keys: { ops: 'fallback: {sink: log, afer: 1m}', log: '' },
      says: ['sinks.ops.fallback.afer: unknown key (did you mean after?)'],
    },
    {
      name: 'to a sink that is not there',
      keys: { ops: 'fallback: {sink: lgo}', log: '' },
      says: ['sinks.ops.fallback.sink: there is no sink "lgo" (did you mean log?)'],
    },
    {
      name: 'where there is no other sink',
      keys: { ops: 'fallback: {sink: opps}' },
      says: ['sinks.ops.fallback.sink: there is no sink "opps"'],
    },
    {
      name: 'to a disabled sink',
      keys: { ops: 'fallback: {sink: log}', log: 'enabled: false' },
      says: [
        'sinks.ops.fallback.sink: the sink log is disabled, so its events would be lost (enable it, or name another)',
      ],
    },
    {
      name: 'of a disabled sink too, so that enabling it holds no surprise',
      keys: { ops: 'enabled: false, fallback: {sink: lgo}', log: '' },
      says: ['sinks.ops.fallback.sink: there is no sink "lgo" (did you mean log?)'],
    },
    {
      name: 'to itself',
      keys: { ops: 'fallback: {sink: ops}', log: '' },
      says: ['sinks.ops.fallback.sink: expected another sink, got this one'],
    },
    {
      name: 'in a circle of two, once',
      keys: { a: 'fallback: {sink: b}', b: 'fallback: {sink: a}' },
      says: ['sinks.a.fallback.sink: the fallbacks go in a circle: a → b → a (take one of them out)'],
    },
    {
      name: 'in a circle of three that others lead into',
      keys: {
        first: 'fallback: {sink: b}',
        a: 'fallback: {sink: b}',
        b: 'fallback: {sink: c}',
        c: 'fallback: {sink: a}',
        last: 'fallback: {sink: first}',
      },
      says: ['sinks.b.fallback.sink: the fallbacks go in a circle: b → c → a → b (take one of them out)'],
    },
    {
      name: 'in two circles',
      keys: {
        a: 'fallback: {sink: b}',
        b: 'fallback: {sink: a}',
        c: 'fallback: {sink: d}',
        d: 'fallback: {sink: c}',
      },
      says: [
        'sinks.a.fallback.sink: the fallbacks go in a circle: a → b → a (take one of them out)',
        'sinks.c.fallback.sink: the fallbacks go in a circle: c → d → c (take one of them out)',
      ],
    },
    {
      name: 'at once',
      keys: { ops: 'fallback: {sink: log, after: 0}', log: '' },
      says: ['sinks.ops.fallback.after: expected a duration such as 30s, 5m or 1h30m, from 10s to 7d, got 0'],
    },
    {
      name: 'after more than a week',
      keys: { ops: 'fallback: {sink: log, after: 8d}', log: '' },
      says: [
        'sinks.ops.fallback.after: expected a duration such as 30s, 5m or 1h30m, from 10s to 7d, got "8d"',
      ],
    },
    {
      name: 'for words that are no severities, together with a wrong name',
      keys: { ops: 'fallback: {sink: lgo, severities: [critcal, error, page, blue]}', log: '' },
      says: [
        'sinks.ops.fallback.severities[0]: expected a severity, got "critcal" (did you mean critical?)',
        'sinks.ops.fallback.severities[2]: expected a severity, got "page" (did you mean critical?)',
        'sinks.ops.fallback.severities[3]: expected a severity, got "blue" (known: critical, error, warning, unknown, info, none)',
        'sinks.ops.fallback.sink: there is no sink "lgo" (did you mean log?)',
      ],
    },
  ];
  for (const { name, keys, says } of rows) {
    test(name, async (context) => assert.deepEqual(await faultLinesOf(context, sinks(keys)), says));
  }
});

test('judges the fallback of a sink whose plugin is not known, too', async (context) => {
  const text =
    'sinks: {ops: {plugin: nope, volume: 3, fallback: {sink: lgo}}, log: {plugin: sample, token: abcd}}';
  assert.deepEqual(await faultLinesOf(context, text), [
    'sinks.ops.plugin: there is no plugin "nope" (did you mean sample?)',
    'sinks.ops.fallback.sink: there is no sink "lgo" (did you mean log?)',
  ]);
});

test('no plugin can have a key that every sink has', () => {
  for (const path of Object.keys(SINK_SETTINGS)) {
    const key = path.replace(/\..*/, '');
    const schema = { [key]: { doc: 'd', default: null, format: 'text' } };
    assert.equal(shapeProblems({ ...samplePlugin, schema }, undefined).length, 1, key);
  }
});
