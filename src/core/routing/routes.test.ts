import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMatchers } from './matcher.ts';
import { createRouter, type RouteRule } from './routes.ts';

const SINKS = ['ops', 'db', 'log'];
const CRITICAL = { labels: { severity: 'critical', team: 'db' }, receiver: 'main', source: 'constructor' };

function route(
  sinks: readonly string[],
  rule: Partial<Omit<RouteRule, 'matchers'>> & { matchers?: string[] } = {},
): RouteRule {
  const { matchers = [], ...rest } = rule;
  return {
    receivers: [],
    sources: [],
    continue: false,
    ...rest,
    matchers: matchers.flatMap(parseMatchers),
    sinks,
  };
}

const ROUTED: readonly {
  name: string;
  routes: readonly RouteRule[] | undefined;
  sinks: readonly string[];
}[] = [
  { name: 'every sink, without routes', routes: undefined, sinks: SINKS },
  { name: 'no sink, with an empty list of routes', routes: [], sinks: [] },
  {
    name: 'the first route that takes it',
    routes: [route(['ops'], { matchers: ['severity=info'] }), route(['db']), route(['log'])],
    sinks: ['db'],
  },
  {
    name: 'the routes below, if the route says continue',
    routes: [route(['ops'], { continue: true }), route(['db']), route(['log'])],
    sinks: ['ops', 'db'],
  },
  { name: 'nowhere, if no route takes it', routes: [route(['ops'], { matchers: ['team=web'] })], sinks: [] },
  {
    name: 'a route whose matchers all fit',
    routes: [
      route(['ops'], { matchers: ['severity=critical', 'team=web'] }),
      route(['log'], { matchers: ['severity=critical', 'team=~"d."'] }),
    ],
    sinks: ['log'],
  },
  {
    name: 'a route of its receiver',
    routes: [route(['ops'], { receivers: ['mai', 'main2'] }), route(['db'], { receivers: ['x', 'main'] })],
    sinks: ['db'],
  },
  {
    name: 'a route of its source',
    routes: [route(['ops'], { sources: ['eu'] }), route(['db'], { sources: ['us', 'constructor'] })],
    sinks: ['db'],
  },
  {
    name: 'each sink once, where it was first named',
    routes: [route(['db', 'log'], { continue: true }), route(['log', 'ops', 'db'])],
    sinks: ['db', 'log', 'ops'],
  },
  {
    name: 'nothing below the last route that does not continue',
    routes: [route(['ops'], { matchers: ['a=b'], continue: false }), route(['db'], { continue: true })],
    sinks: ['db'],
  },
];

for (const { name, routes, sinks } of ROUTED) {
  test(`leads an event to ${name}`, () => {
    assert.deepEqual(createRouter({ routes, sinks: SINKS })(CRITICAL), sinks);
  });
}

test('leads to the one sink that the path names, past all routes', () => {
  const router = createRouter({ routes: [route(['ops'])], sinks: SINKS });
  assert.deepEqual(router(CRITICAL, 'log'), ['log']);
  assert.deepEqual(router(CRITICAL, 'gone'), []);
});

test('a route of sources leaves events without one', () => {
  const router = createRouter({
    routes: [route(['ops'], { sources: ['eu'] }), route(['log'])],
    sinks: SINKS,
  });
  assert.deepEqual(router({ labels: {}, receiver: 'main' }), ['log']);
});
