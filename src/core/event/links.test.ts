// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a rule refers to a group.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NotifierdError } from '../errors.ts';
import { createLinks, type LinkOptions } from './links.ts';

const PUBLIC = 'http://203.0.113.10:30027/';

function linksWith(options: Partial<LinkOptions>) {
  return createLinks({ rewrite: [], fallbackUrl: 'https://fallback.example/', ...options });
}

const GENERATOR_URLS: readonly { name: string; from: string; to: string | undefined }[] = [
  {
    name: 'a plain graph',
    from: 'http://prometheus-k8s-0:9090/graph?g0.expr=a%5B5m%5D+%3E+1&g0.tab=1',
    to: `${PUBLIC}graph?g0.expr=a%5B5m%5D+%3E+1&g0.tab=1`,
  },
  { name: 'a path prefix', from: 'http://p:9090/prometheus/graph?a=b#c', to: `${PUBLIC}graph?a=b#c` },
  { name: 'a relative address', from: '/graph?g0.expr=up', to: `${PUBLIC}graph?g0.expr=up` },
  { name: 'a relative address without a slash', from: 'graph?g0.expr=up', to: `${PUBLIC}graph?g0.expr=up` },
  { name: 'a host named graph', from: 'http://graph/graph?q=/graph', to: `${PUBLIC}graph?q=/graph` },
  { name: 'a graph without a query', from: 'http://p/graph', to: `${PUBLIC}graph` },
  { name: 'a host named graph alone', from: 'http://graph?q=1', to: 'http://graph?q=1' },
  { name: 'a host named graphite', from: 'http://graphite/render', to: 'http://graphite/render' },
  {
    name: 'a query that holds graph',
    from: 'http://p/alerts?next=/graph',
    to: 'http://p/alerts?next=/graph',
  },
  { name: 'a segment that begins with graph', from: 'http://p/graphs?x', to: 'http://p/graphs?x' },
  { name: 'a folder named graph', from: 'http://p/graph/x', to: 'http://p/graph/x' },
  { name: 'nothing', from: '', to: undefined },
  { name: 'a script', from: 'javascript:graph', to: undefined },
];

for (const { name, from, to } of GENERATOR_URLS) {
  test(`leads ${name} to ${to ?? 'nowhere'}`, () => {
    assert.equal(linksWith({ prometheusUrl: PUBLIC }).prometheus(from), to);
  });
}

test('adds the slash that prometheusUrl lacks', () => {
  const links = linksWith({ prometheusUrl: 'https://ops.example/prometheus' });
  assert.equal(links.prometheus('http://p:9090/graph?x'), 'https://ops.example/prometheus/graph?x');
});

const PROMETHEUS_URLS = [
  'https://ops.example/prometheus/',
  'https://ops.example/prometheus//',
  'https://ops.example/prometheus/graph',
  'https://ops.example/prometheus/graph/',
  'https://ops.example/prometheus/graph//',
  'https://ops.example/prometheus/graph/graph',
  'https://ops.example/prometheus/graph?g0.expr=up&g0.tab=1',
  'https://ops.example/prometheus/graph/?g0.expr=up#x',
  'https://ops.example/prometheus/query',
  'https://ops.example/prometheus/query?g0.expr=up&g0.show_tree=0',
];

for (const prometheusUrl of PROMETHEUS_URLS) {
  test(`takes prometheusUrl ${prometheusUrl} as it is meant`, () => {
    const link = linksWith({ prometheusUrl }).prometheus('http://p:9090/graph?g0.expr=a');
    assert.equal(link, 'https://ops.example/prometheus/graph?g0.expr=a');
  });
}

test('leaves prefixes alone that only look like a page', () => {
  for (const prefix of ['http://graph/', 'http://p/graphs/', 'http://p/query/', 'http://p/my-query/']) {
    const links = linksWith({ prometheusUrl: prefix });
    assert.equal(links.prometheus('http://x/graph?a'), `${prefix}graph?a`);
  }
});

const ALERTMANAGER_URLS = [
  { given: 'https://am.example', meant: 'https://am.example' },
  { given: 'https://am.example//', meant: 'https://am.example/' },
  { given: 'https://am.example/#/alerts', meant: 'https://am.example/' },
  { given: 'https://am.example/am#/silences/new?filter=%7B%7D', meant: 'https://am.example/am' },
  { given: 'https://am.example/#', meant: 'https://am.example/' },
  { given: 'https://am.example/api/v2', meant: 'https://am.example/' },
  { given: 'https://am.example/am/api/v2/alerts/', meant: 'https://am.example/am/' },
  { given: 'https://am.example/api/v1/alerts', meant: 'https://am.example/' },
  { given: 'https://am.example/api/v2.html', meant: 'https://am.example/api/v2.html' },
  { given: 'https://am.example/?tenant=1', meant: 'https://am.example/?tenant=1' },
];

for (const { given, meant } of ALERTMANAGER_URLS) {
  test(`takes alertmanagerUrl ${given} for ${meant}`, () => {
    assert.equal(linksWith({ alertmanagerUrl: given }).alertmanager('http://am-0:9093'), meant);
  });
}

const PREFIXES = [
  { prefix: 'http://g:3000/', to: 'https://g.example' },
  { prefix: 'http://g:3000', to: 'https://g.example/' },
  { prefix: 'http://g:3000', to: 'https://g.example' },
  { prefix: 'http://g:3000/', to: 'https://g.example/' },
];

for (const rule of PREFIXES) {
  test(`puts one slash behind ${rule.to} in place of ${rule.prefix}`, () => {
    const links = linksWith({ rewrite: [rule] });
    assert.equal(links.other('http://g:3000/d/1?a=b'), 'https://g.example/d/1?a=b');
    assert.equal(links.other('http://g:3000/'), rule.prefix.endsWith('/') ? rule.to : 'https://g.example/');
  });
}

test('puts no slash where a prefix ends inside a name or a query begins', () => {
  const links = linksWith({
    rewrite: [
      { prefix: 'http://int-', to: 'https://ext-' },
      { prefix: 'http://wiki/', to: 'https://wiki.example/?page=' },
      { prefix: 'http://gate/', to: 'https://' },
    ],
  });
  assert.equal(links.other('http://int-a.example/x'), 'https://ext-a.example/x');
  assert.equal(links.other('http://wiki/runbook'), 'https://wiki.example/?page=runbook');
  assert.equal(links.other('http://gate/host.example/x'), 'https://host.example/x');
});

test('gives alertmanagerUrl whatever Alertmanager calls itself', () => {
  const links = linksWith({
    alertmanagerUrl: 'https://am.example/',
    rewrite: [{ prefix: 'https://', to: 'http://' }],
  });
  assert.equal(links.alertmanager('http://am-0:9093'), 'https://am.example/');
  assert.equal(links.alertmanager(''), 'https://am.example/');
});

test('applies the first rule that matches and no other', () => {
  const rewrite = [
    { prefix: 'http://nowhere/', to: 'https://wrong.example/' },
    { prefix: 'http://grafana/', to: 'http://grafana.internal/' },
    { regex: 'grafana', to: 'wrong' },
  ];
  const links = linksWith({ rewrite });
  assert.equal(links.other('http://grafana/d/1?a=b'), 'http://grafana.internal/d/1?a=b');
  assert.equal(links.prometheus('http://grafana/graph'), 'http://grafana.internal/graph');
  assert.equal(links.alertmanager('http://grafana/am'), 'http://grafana.internal/am');
});

test('replaces a prefix at the beginning only', () => {
  const links = linksWith({ rewrite: [{ prefix: 'http://b/', to: 'https://c/' }] });
  assert.equal(links.other('http://a/?next=http://b/'), 'http://a/?next=http://b/');
});

const EXPRESSIONS: readonly {
  name: string;
  regex: string;
  to: string;
  from: string;
  result: string | undefined;
}[] = [
  {
    name: 'numbered groups',
    regex: '^http://([^./]+)\\.svc(:\\d+)?/',
    to: 'https://$1.example${2}/',
    from: 'http://a.svc:9/x',
    result: 'https://a.example:9/x',
  },
  {
    name: 'a group that did not take part',
    regex: '^http://([^./]+)\\.svc(:\\d+)?/',
    to: 'https://$1.example${2}/',
    from: 'http://a.svc/x',
    result: 'https://a.example/x',
  },
  {
    name: 'named groups',
    regex: '^http://(?P<host>\\w+)/',
    to: 'https://${host}.example/',
    from: 'http://a/x',
    result: 'https://a.example/x',
  },
  {
    name: 'a dollar sign',
    regex: '^http://a/',
    to: 'http://b/$$1/',
    from: 'http://a/x',
    result: 'http://b/$1/x',
  },
  {
    name: 'a match inside',
    regex: '/old/',
    to: '/new/',
    from: 'http://a/old/old/',
    result: 'http://a/new/old/',
  },
  {
    name: 'a relative address',
    regex: '^/d/',
    to: 'https://grafana.example/d/',
    from: '/d/1',
    result: 'https://grafana.example/d/1',
  },
  {
    name: 'a result that is no link',
    regex: '^http:',
    to: 'javascript:',
    from: 'http://a/',
    result: undefined,
  },
];

for (const { name, regex, to, from, result } of EXPRESSIONS) {
  test(`rewrites with a regular expression: ${name}`, () => {
    assert.equal(linksWith({ rewrite: [{ regex, to }] }).other(from), result);
  });
}

const FAULTY: readonly { name: string; options: Partial<LinkOptions>; message: RegExp }[] = [
  {
    name: 'an unsound expression',
    options: { rewrite: [{ regex: '(a', to: '' }] },
    message: /not an RE2 expression: .*missing closing/,
  },
  { name: 'an unknown group', options: { rewrite: [{ regex: '(a)', to: '$2' }] }, message: /group 2/ },
  {
    name: 'an unknown name',
    options: { rewrite: [{ regex: '(a)', to: '${constructor}' }] },
    message: /group constructor/,
  },
  { name: 'an empty prefix', options: { rewrite: [{ prefix: '', to: 'x' }] }, message: /prefix is empty/ },
  { name: 'an empty expression', options: { rewrite: [{ regex: '', to: 'x' }] }, message: /regex is empty/ },
  {
    name: 'a prometheusUrl that is none',
    options: { prometheusUrl: 'prometheus:9090' },
    message: /prometheusUrl/,
  },
  {
    name: 'a prometheusUrl with a query',
    options: { prometheusUrl: 'http://p/?x' },
    message: /without \? and #/,
  },
  {
    name: 'an alertmanagerUrl that is none',
    options: { alertmanagerUrl: '/am' },
    message: /alertmanagerUrl/,
  },
  { name: 'a fallbackUrl that is none', options: { fallbackUrl: '' }, message: /fallbackUrl/ },
];

for (const { name, options, message } of FAULTY) {
  test(`refuses ${name} when it is built`, () => {
    assert.throws(
      () => linksWith(options),
      (error) => error instanceof NotifierdError && message.test(error.message),
    );
  });
}

test('never throws, and gives http(s) or nothing, for any text and with any rule', () => {
  const url = fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.string({ unit: 'binary' }),
    fc.constant('//graph?'),
  );
  const rule = fc.oneof(
    fc.record({ prefix: fc.string({ minLength: 1, maxLength: 3 }), to: fc.string() }),
    fc.record({
      regex: fc.constantFrom('(a|b)*?(.)', '^(?P<x>\\w*)', '([^/]+)$', '(x+x+)+y', '(?i)H(.?)'),
      to: fc.constantFrom('$1', '$$', ''),
    }),
  );
  fc.assert(
    fc.property(url, fc.array(rule, { maxLength: 3 }), (text, rewrite) => {
      const links = linksWith({ prometheusUrl: PUBLIC, rewrite });
      for (const link of [links.prometheus(text), links.alertmanager(text), links.other(text)]) {
        if (link !== undefined) assert.match(link, /^https?:\/\/[!-~]+$/i);
      }
    }),
  );
});
