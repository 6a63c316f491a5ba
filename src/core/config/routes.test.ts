import assert from 'node:assert/strict';
import test from 'node:test';
import { faultLinesOf, loadText } from './testing/sample.ts';

function withRoutes(routes: string): string {
  return `sinks:
  ops: {plugin: sample, token: abcd}
  log: {plugin: sample, token: abcd}
  old: {plugin: sample, token: abcd, enabled: false}
routes: ${routes}`;
}

const REFUSED = [
  {
    name: 'sources that no path can name',
    routes: `[{sources: ['', '${'s'.repeat(101)}'], sinks: [ops]}, {sinks: [log]}]`,
    says: [
      'routes[0].sources[0]: expected 1 to 100 characters, got 0 (it is the last part of the webhook path, /webhook/alertmanager/<source>)',
      'routes[0].sources[1]: expected 1 to 100 characters, got 101 (it is the last part of the webhook path, /webhook/alertmanager/<source>)',
    ],
  },
  {
    name: 'no list',
    routes: '',
    says: ['routes: expected a list, got nothing (remove the line if there are none)'],
  },
  {
    name: 'an empty list',
    routes: '[]',
    says: [
      'routes: expected at least one route, got an empty list (without the key routes, every event goes to every sink)',
    ],
  },
  {
    name: 'a route without sinks',
    routes: '[{matchers: [a=b]}]',
    says: ['routes[0].sinks: missing: expected the name of at least one sink'],
  },
  {
    name: 'an unknown sink',
    routes: '[{sinks: [opss]}]',
    says: ['routes[0].sinks[0]: there is no sink "opss" (did you mean ops?)'],
  },
  {
    name: 'an unknown sink unlike any',
    routes: '[{sinks: [ops, nobody]}]',
    says: ['routes[0].sinks[1]: there is no sink "nobody" (known: ops, log)'],
  },
  {
    name: 'a disabled sink',
    routes: '[{sinks: [old]}]',
    says: [
      'routes[0].sinks[0]: the sink old is disabled, so its events would be lost (enable it, or name another)',
    ],
  },
  {
    name: "Alertmanager's spelling of receivers",
    routes: '[{receiver: x, sinks: [ops]}]',
    says: ['routes[0].receiver: unknown key (did you mean receivers?)'],
  },
  {
    name: 'a route that is a text',
    routes: '[ops]',
    says: ['routes[0]: expected keys of its own, got text'],
  },
];

for (const { name, routes, says } of REFUSED) {
  test(`refuses ${name}`, async (context) => {
    assert.deepEqual(await faultLinesOf(context, withRoutes(routes)), says);
  });
}

test('lists all faults of a route, broken matchers by their number', async (context) => {
  const lines = await faultLinesOf(
    context,
    withRoutes('[{matchers: [a=b, "=", \'a=~"("\'], sinks: [x1], sink: y}]'),
  );
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(':'))),
    ['routes[0].sink', 'routes[0].sinks[0]', 'routes[0].matchers[1]', 'routes[0].matchers[2]'],
  );
});

test("parses Alertmanager's forms with braces and commas, and warns as of any other", async (context) => {
  const entries = `[{matchers: ['{a="x", b=~"y|z"}', 'c!=d'], sinks: [ops]}, {matchers: ['{}'], sinks: [log]}]`;
  const config = await loadText(context, withRoutes(entries));
  const [first, last] = config.routes ?? [];
  assert.deepEqual(
    first?.matchers.map(({ name, value }) => [name, value]),
    [
      ['a', 'x'],
      ['b', 'y|z'],
      ['c', 'd'],
    ],
  );
  assert.deepEqual([last?.matchers, config.warnings], [[], []]);
});

test('parses matchers', async (context) => {
  const { routes } = await loadText(
    context,
    withRoutes(
      '[{matchers: [\'severity=~"a|b"\'], receivers: [r], sinks: [ops], continue: true}, {sinks: [log]}]',
    ),
  );
  assert.equal(routes?.[0]?.matchers[0]?.matches({ severity: 'b' }), true);
  assert.deepEqual(routes?.[0]?.receivers, ['r']);
  assert.equal(routes?.[0]?.continue, true);
  assert.equal(routes?.[1]?.continue, false);
});

const WARNED = [
  {
    name: 'when every route has conditions',
    routes: '[{matchers: [a=b], sinks: [ops, log]}]',
    says: ['routes: every route has conditions; events that no route takes are not delivered'],
  },
  {
    name: 'of routes that are never reached',
    routes: '[{sinks: [ops]}, {matchers: [a=b], sinks: [log]}]',
    says: ['routes[0] takes every event, so the routes below it are never reached'],
  },
  {
    name: 'of a sink that no route names',
    routes: '[{sinks: [ops]}]',
    says: ['sinks.log: no route names it; it gets only what is posted to /dingtalk/log/send'],
  },
  {
    name: 'of nothing when all is well',
    routes: '[{sinks: [ops], continue: true}, {sinks: [log]}]',
    says: [],
  },
];

test('does not warn of a sink that is a fallback, unless the sink that would need it is disabled', async (context) => {
  const warnings = async (ops: string) => {
    const log = 'log: {plugin: sample, token: abcd}, third: {plugin: sample, token: abcd}';
    const text = `sinks: {ops: {plugin: sample, token: abcd, fallback: {sink: log}${ops}}, ${log}}\nroutes: [{sinks: [third${ops === '' ? ', ops' : ''}]}]`;
    return (await loadText(context, text)).warnings;
  };
  assert.deepEqual(await warnings(''), []);
  assert.match((await warnings(', enabled: false'))[0] ?? '', /^sinks\.log: no route names it/);
});

for (const { name, routes, says } of WARNED) {
  test(`warns ${name}`, async (context) => {
    assert.deepEqual((await loadText(context, withRoutes(routes))).warnings, says);
  });
}
