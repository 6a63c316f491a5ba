import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readWatchdog } from './watchdog.ts';

const SINKS = { enabled: ['ops', 'log'], disabled: ['old'] };
const AROUND = { env: {}, directory: '.' };
const MATCHERS = ['alertname="Watchdog"'];

test('is absent unless it is configured', async () => {
  assert.deepEqual(await readWatchdog(undefined, SINKS, AROUND), { faults: [] });
});

test('reads its times, conditions and sinks', async () => {
  const { watchdog, faults } = await readWatchdog(
    { matchers: MATCHERS, interval: '1m', sinks: ['ops'] },
    SINKS,
    AROUND,
  );
  assert.deepEqual(faults, []);
  assert.deepEqual([watchdog?.intervalMs, watchdog?.graceMs, watchdog?.sinks], [60_000, 360_000, ['ops']]);
  assert.equal(watchdog?.matchers[0]?.matches({ alertname: 'Watchdog' }), true);
});

describe('refuses', () => {
  const rows: { name: string; given: unknown; paths: string[] }[] = [
    { name: 'what is no section', given: 'on', paths: ['watchdog'] },
    { name: 'no sinks', given: { matchers: MATCHERS }, paths: ['watchdog.sinks'] },
    {
      name: 'no conditions, which would swallow every alert',
      given: { sinks: ['ops'] },
      paths: ['watchdog.matchers'],
    },
    {
      name: 'conditions that ask for nothing, which would swallow every alert too',
      given: { matchers: ['{}'], sinks: ['ops'] },
      paths: ['watchdog.matchers'],
    },
    {
      name: 'conditions that alerts without the label fulfil, which would swallow most alerts',
      given: { matchers: ['alertname=~".*"', 'severity!=none'], sinks: ['ops'] },
      paths: ['watchdog.matchers'],
    },
    {
      name: 'sinks that are not there or disabled, and broken conditions, all at once',
      given: { matchers: ['severity=~"("'], sinks: ['opps', 'old'] },
      paths: ['watchdog.sinks[0]', 'watchdog.sinks[1]', 'watchdog.matchers[0]'],
    },
    {
      name: 'an unknown key',
      given: { matchers: MATCHERS, sinks: ['ops'], intervall: '5m' },
      paths: ['watchdog.intervall'],
    },
    {
      name: 'an interval of nothing',
      given: { matchers: MATCHERS, sinks: ['ops'], interval: 0 },
      paths: ['watchdog.interval'],
    },
  ];
  for (const { name, given, paths } of rows) {
    test(name, async () => {
      const { watchdog, faults } = await readWatchdog(given, SINKS, AROUND);
      assert.deepEqual([watchdog, faults.map((fault) => fault.path)], [undefined, paths]);
    });
  }
});
