import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import { describeConfig } from './describe.ts';
import { loadConfig } from './load.ts';
import { faultLinesOf, loadText, samplePlugin } from './testing/sample.ts';

const SINKS = 'sinks: {ops: {plugin: sample, token: abcd}}';

test('fills in every default of the core', async (context) => {
  const config = await loadText(context, SINKS);
  assert.deepEqual(config.http, { host: '0.0.0.0', port: 8060, maxBodyBytes: 16_777_216 });
  assert.deepEqual(config.log, { level: 'info', format: 'text' });
  assert.deepEqual(config.intake, { dedupWindowMs: 360_000, severityLabel: 'severity' });
  assert.deepEqual(config.delivery, {
    timeoutMs: 10_000,
    shutdownGraceMs: 15_000,
    gatherMs: 10_000,
    gatherCriticalMs: 2_000,
  });
  assert.equal(config.outbox.retentionMs, 7 * 86_400_000);
  assert.equal(config.outbox.deadLetterRetentionMs, 90 * 86_400_000);
  assert.equal(config.outbox.leaseMs, 10_000);
  assert.ok(config.outbox.store.engine === 'sqlite');
  assert.ok(path.isAbsolute(config.outbox.store.file));
  assert.equal(config.routes, undefined);
  assert.deepEqual(config.warnings, []);
});

test('reads every section', async (context) => {
  const config = await loadText(
    context,
    `http: {host: "::1", port: 0, max_body: 1MiB, auth: {bearer_token: bear, username: u, password: pass}}
log: {level: debug, format: json}
intake: {dedup_window: 0, severity_label: priority}
outbox: {url: "sqlite:/var/lib/x.db", retention: 1d, dead_letter_retention: 1w}
links: {prometheus_url: "http://p/", alertmanager_url: "http://a/", fallback_url: "http://f/", rewrite: [{prefix: "http://x/", to: "https://y/"}]}
delivery: {timeout: 20s, shutdown_grace: 5s, gather: 20s, gather_critical: 0, proxy: "http://me:p%40ss@proxy:3128", no_proxy: "a,b"}
${SINKS}`,
  );
  assert.deepEqual(config.http, {
    host: '::1',
    port: 0,
    maxBodyBytes: 1_048_576,
    auth: { bearerToken: 'bear', username: 'u', password: 'pass' },
  });
  assert.equal(config.intake.dedupWindowMs, 0);
  assert.deepEqual(config.outbox.store, { engine: 'sqlite', file: '/var/lib/x.db' });
  assert.deepEqual(config.links, {
    prometheusUrl: 'http://p/',
    alertmanagerUrl: 'http://a/',
    rewrite: [{ prefix: 'http://x/', to: 'https://y/' }],
    fallbackUrl: 'http://f/',
  });
  assert.deepEqual(config.delivery, {
    timeoutMs: 20_000,
    shutdownGraceMs: 5_000,
    gatherMs: 20_000,
    gatherCriticalMs: 0,
    proxy: 'http://me:p%40ss@proxy:3128',
    noProxy: 'a,b',
  });
  assert.deepEqual(config.secrets, ['bear', 'pass', 'http://me:p%40ss@proxy:3128', 'p%40ss', 'p@ss', 'abcd']);
});

test('lists the faults of all sections at once', async (context) => {
  const lines = await faultLinesOf(
    context,
    'http: {port: x}\nlog: {level: loud}\nsink: {}\nsinks: {a: {plugin: nope}, "b c": 1}\nroutes: [{sinks: [zz]}]\nlinks: {rewrite: [{}]}',
  );
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(':'))),
    [
      'sink',
      'http.port',
      'log.level',
      'links.rewrite[0].to',
      'sinks.a.plugin',
      'sinks.b c',
      'sinks.b c',
      'routes[0].sinks[0]',
    ],
  );
});

const REFUSED = [
  {
    name: 'an empty file',
    text: '',
    says: 'the file is empty (config/notifierd.yaml shows the smallest)',
  },
  {
    name: 'a list',
    text: '- a',
    says: 'expected keys such as sinks, got a list (config/notifierd.yaml shows the smallest)',
  },
  {
    name: 'no sinks',
    text: '{}',
    says: 'sinks: missing: expected at least one sink (config/notifierd.yaml shows the smallest)',
  },
  {
    name: 'an empty section of sinks',
    text: 'sinks:',
    says: 'sinks: expected at least one sink, got nothing (config/notifierd.yaml shows the smallest)',
  },
  {
    name: 'a section without keys',
    text: `log:\n${SINKS}`,
    says: 'log: expected keys of its own, got nothing (known: level, format)',
  },
  {
    name: 'all sinks disabled',
    text: 'sinks: {a: {plugin: sample, token: abcd, enabled: false}}',
    says: 'sinks: all sinks are disabled, so nothing would be delivered (enable one)',
  },
  {
    name: 'an unknown plugin',
    text: 'sinks: {a: {plugin: smple, volume: 3}}',
    says: 'sinks.a.plugin: there is no plugin "smple" (did you mean sample?)',
  },
  {
    name: 'a sink without plugin',
    text: 'sinks: {a: {enabled: true}}',
    says: 'sinks.a.plugin: missing: expected text',
  },
  {
    name: 'a name that cannot be part of a URL',
    text: 'sinks: {"a/b": {plugin: sample, token: abcd}}',
    says: 'sinks.a/b: expected a sink name of at most 63 letters, digits, - and _, beginning with a letter or digit (the name is a part of URLs and metrics)',
  },
  {
    name: 'a send time too short for DingTalk',
    text: `delivery: {timeout: 5s}\n${SINKS}`,
    says: 'delivery.timeout: expected a duration such as 30s, 5m or 1h30m, from 10s to 5m, got "5s"',
  },
  {
    name: 'a port beyond the last',
    text: `http: {port: 65536}\n${SINKS}`,
    says: 'http.port: expected a whole number, from 0 to 65535, got 65536',
  },
  {
    name: 'a user name without password',
    text: `http: {auth: {username: u}}\n${SINKS}`,
    says: 'http.auth.password: missing: username is given, and the two belong together',
  },
  {
    name: 'a password that cannot be read, once',
    text: `http: {auth: {username: u, password_file: 3}}\n${SINKS}`,
    says: 'http.auth.password_file: expected the name of a file, got 3',
  },
  {
    name: 'an outbox in memory',
    text: `outbox: {url: "sqlite::memory:"}\n${SINKS}`,
    says: 'outbox.url: expected a file, got a database in memory (events must survive a restart)',
  },
  {
    name: 'an outbox in a file without a name that can be one',
    text: `outbox: {url: "sqlite:a\\0b"}\n${SINKS}`,
    says: 'outbox.url: expected the name of a file, got blanks or control characters (write sqlite:data/notifierd.db, or postgres://USER@HOST:PORT/DATABASE)',
  },
  {
    name: 'an outbox as if on a host',
    text: `outbox: {url: "sqlite://data/x.db"}\n${SINKS}`,
    says: 'outbox.url: expected sqlite: and a file, or a PostgreSQL address, got "sqlite://data/x.db" (write sqlite:data/notifierd.db, or postgres://USER@HOST:PORT/DATABASE)',
  },
];

for (const { name, text, says } of REFUSED) {
  test(`refuses ${name}`, async (context) => {
    assert.deepEqual(await faultLinesOf(context, text), [says]);
  });
}

test('lets the environment go before the file, without judging what it replaces', async (context) => {
  const env = { NOTIFIERD_HTTP_PORT: '9000', NOTIFIERD_LOG_LEVEL: 'debug', NOTIFIERD_DELIVERY_TIMEOUT: '1m' };
  const config = await loadText(context, `http: {port: x}\nlog: {level: error}\n${SINKS}`, { env });
  assert.equal(config.http.port, 9000);
  assert.equal(config.log.level, 'debug');
  assert.equal(config.delivery.timeoutMs, 60_000);
});

test('takes an empty environment variable for one that is not set', async (context) => {
  const env = { NOTIFIERD_HTTP_PORT: '', NOTIFIERD_HTTP_AUTH_PASSWORD_FILE: '' };
  assert.equal((await loadText(context, `http: {port: 9001}\n${SINKS}`, { env })).http.port, 9001);
});

test('does not read the process: neither its environment nor its arguments', async (context) => {
  const before = process.env.NOTIFIERD_HTTP_PORT;
  process.env.NOTIFIERD_HTTP_PORT = '1';
  context.after(() => {
    if (before === undefined) delete process.env.NOTIFIERD_HTTP_PORT;
    else process.env.NOTIFIERD_HTTP_PORT = before;
  });
  assert.equal((await loadText(context, SINKS)).http.port, 8060);
});

test('names the environment variable that holds a wrong value', async (context) => {
  assert.deepEqual(await faultLinesOf(context, SINKS, { env: { NOTIFIERD_LOG_FORMAT: 'xml' } }), [
    'log.format: expected one of text, json in the environment variable NOTIFIERD_LOG_FORMAT, got "xml"',
  ]);
  const [line] = await faultLinesOf(context, SINKS, { env: { NOTIFIERD_HTTP_PORT: 'tcp://10.0.0.1:80' } });
  assert.match(line ?? '', /enableServiceLinks/);
});

test('warns of a variable that is nearly the name of a known one', async (context) => {
  const env = {
    NOTIFIERD_HTTP_PROT: '1',
    NOTIFIERD_SERVICE_HOST: '10.0.0.1',
    NOTIFIERD_PORT: 'tcp://10.0.0.1:8060',
  };
  assert.deepEqual((await loadText(context, SINKS, { env })).warnings, [
    'environment: NOTIFIERD_HTTP_PROT is not known and has no effect (did you mean NOTIFIERD_HTTP_PORT?)',
  ]);
});

test('gives equal configurations equal hashes, and sees every change, secrets included', async (context) => {
  const hash = async (text: string) => (await loadText(context, text)).hash;
  const same = await hash('log: {level: warn, format: json}\nsinks: {ops: {token: abcd, plugin: sample}}');
  assert.match(same, /^[0-9a-f]{64}$/);
  assert.equal(
    await hash('sinks: {ops: {plugin: sample, token: abcd}}\nlog: {format: json, level: warn}'),
    same,
  );
  assert.notEqual(
    await hash('log: {level: warn, format: json}\nsinks: {ops: {plugin: sample, token: abce}}'),
    same,
  );
  assert.notEqual(
    await hash('log: {level: info, format: json}\nsinks: {ops: {plugin: sample, token: abcd}}'),
    same,
  );
});

test('sees every key of a route in the hash', async (context) => {
  const hash = async (route: string) =>
    (await loadText(context, `routes: [{sinks: [ops]${route}}]\nsinks: {ops: {plugin: sample, token: abcd}}`))
      .hash;
  const keys = [
    '',
    ', matchers: [\'a="b"\']',
    ', receivers: [r]',
    ', sources: [eu-1]',
    ', sources: [us-1]',
    ', continue: true',
  ];
  const hashes = await Promise.all(keys.map(hash));
  assert.equal(new Set(hashes).size, keys.length);
});

test("changes a sink's hash with its own keys and the proxy only", async (context) => {
  const hash = async (text: string) => (await loadText(context, text)).sinks[0]?.hash;
  const same = await hash(SINKS);
  assert.equal(await hash(`http: {port: 1}\n${SINKS}`), same);
  assert.equal(await hash('sinks: {renamed: {plugin: sample, token: abcd}}'), same);
  assert.notEqual(await hash(`delivery: {no_proxy: x}\n${SINKS}`), same);
  assert.notEqual(await hash('sinks: {ops: {plugin: sample, token: abcd, secret: x}}'), same);
});

test("counts a sink's fallback and expiry into the whole hash, and not into its own", async (context) => {
  const load = (keys: string) =>
    loadText(context, SINKS.replace('}}', `, ${keys}}, log: {plugin: sample, token: abcd}}`));
  const plain = await load('enabled: true');
  const seen = new Set([plain.hash]);
  for (const keys of [
    'fallback: {sink: log}',
    'fallback: {sink: log, after: 1m}',
    'fallback: {sink: log, severities: [info]}',
    'fallback: {sink: log, tell_twice: true}',
    'expire_after: {info: 1h}',
    'expire_after: {info: 2h}',
  ]) {
    const changed = await load(keys);
    assert.equal(changed.sinks[0]?.hash, plain.sinks[0]?.hash, keys);
    assert.ok(!seen.has(changed.hash), keys);
    seen.add(changed.hash);
  }
});

test('keeps the keys that every sink has away from the plugin', async (context) => {
  const { sinks } = await loadText(
    context,
    'sinks: {ops: {plugin: sample, token: abcd, fallback: {sink: log}, expire_after: {info: 1h}}, log: {plugin: sample, token: abcd}}',
  );
  assert.deepEqual(
    Object.keys(sinks[0]?.config ?? {}).toSorted(),
    Object.keys(samplePlugin.schema).toSorted(),
  );
  assert.deepEqual(sinks[0]?.config, sinks[1]?.config);
});

test('describes the configuration in the form of a file, with every secret masked', async (context) => {
  const text = `http: {auth: {bearer_token: BEARER}}
delivery: {proxy: "http://me:HUNTER@proxy:3128"}
sinks:
  ops: {plugin: sample, token: TOKEN, secret: SECRET, tokens: [POOL-1, POOL-2], patience: 90s, fallback: {sink: log, severities: [error, critical]}, expire_after: {info: 90m, none: 0}}
  log: {plugin: sample, token: TOKEN}
routes: [{matchers: ['severity="page"'], sinks: [ops]}]`;
  const config = await loadText(context, text);
  const described = describeConfig(config);
  for (const secret of config.secrets) assert.ok(!described.includes(secret), `shows ${secret}`);
  assert.match(described, /max_body: 16MiB/);
  assert.match(described, /patience: 1m30s/);
  assert.match(described, /token: <secret>/);
  assert.match(described, /tokens:\n {6}- <secret>\n {6}- <secret>\n/);
  const { ops, log } = parse(described).sinks;
  assert.deepEqual(ops.fallback, {
    sink: 'log',
    after: '5m',
    severities: ['critical', 'error'],
    tell_twice: false,
  });
  assert.deepEqual(ops.expire_after, { info: '1h30m' });
  // What is not there is not shown as if it were.
  for (const key of ['fallback', 'expire_after', 'secret', 'tokens']) assert.ok(!(key in log), key);
  // All of it can be read again, though the masks are not the secrets.
  assert.deepEqual(
    (await loadText(context, described.replace('proxy: <secret>', 'proxy: http://p/'))).warnings,
    config.warnings,
  );
});

test('takes a proxy with any sign in its password', async (context) => {
  const proxy = 'http://ops:a{b|c^d@p:3128';
  const env = { NOTIFIERD_DELIVERY_PROXY: proxy };
  const config = await loadText(context, 'sinks: {ops: {plugin: sample, token: abcd}}', { env });
  assert.equal(config.delivery.proxy, proxy);
});

test('refuses a proxy whose user or password cannot be decoded, and does not repeat them', async (context) => {
  const text = 'sinks: {ops: {plugin: sample, token: abcd}}';
  for (const proxy of ['http://ops:HUNTER%@p:3128', 'http://HUNTER%zz@p:3128']) {
    const lines = await faultLinesOf(context, text, { env: { NOTIFIERD_DELIVERY_PROXY: proxy } });
    assert.deepEqual(lines, [
      'delivery.proxy: expected user and password with % only as the beginning of an escape (write %25 for a percent sign)',
    ]);
  }
});

test('warns of a limit that ordinary webhooks exceed', async (context) => {
  const text = (size: string): string =>
    `{http: {max_body: ${size}}, sinks: {ops: {plugin: sample, token: abcd}}}`;
  assert.deepEqual((await loadText(context, text('64KiB'))).warnings, []);
  assert.deepEqual((await loadText(context, text('4KiB'))).warnings, [
    'http.max_body: webhooks of a few dozen alerts are longer; they are refused, and their alerts are lost (the default is 16MiB)',
  ]);
});

test('refuses addresses that no link can begin with, which a URL parser takes', async (context) => {
  const text = `links: {prometheus_url: "http://p/?a=b", alertmanager_url: "http://a{b/", fallback_url: "http://a\`b/"}
sinks: {ops: {plugin: sample, token: abcd}}`;
  assert.deepEqual(await faultLinesOf(context, text), [
    'links.alertmanager_url: expected a URL that begins with http:// or https://, without user and password, got "http://a{b/"',
    'links.fallback_url: expected a URL that begins with http:// or https://, without user and password, got "http://a`b/"',
    'links.prometheus_url: expected an address without ? and #, got "http://p/?…" (it takes the place of what stands before graph)',
  ]);
});

test('keeps secrets out of every fault', async (context) => {
  const text = `http: {port: x, auth: {bearer_token: {HUNTER: 1}, password: [HUNTER]}}
delivery: {proxy: "ftp://HUNTER:HUNTER@x"}
links: {prometheus_url: "http://HUNTER:HUNTER@x/?token=HUNTER", alertmanager_url: "http://me:HUN/TER@x/"}
outbox: {url: "postgresql://HUNTER:HUNTER@x/HUNTER"}
sinks:
  ops: {plugin: sample, token: [HUNTER], secret: {HUNTER: HUNTER}, tokens: [HUNTER, 1], unknown: HUNTER}
  log: {plugin: sample, token: [HUNTER], tokens: [HUNTER, ""], tokens_file: HUNTER/HUNTER}`;
  const lines = await faultLinesOf(context, text, { env: { NOTIFIERD_DELIVERY_PROXY: 'HUNTER' } });
  assert.ok(lines.length >= 10, lines.join('\n'));
  assert.doesNotMatch(lines.join('\n'), /HUN|TER/);
});

test('says so when the file is not there', async () => {
  const load = loadConfig('/nowhere/notifierd.yaml', { env: {}, findPlugin: async () => samplePlugin });
  await assert.rejects(load, {
    name: 'ConfigError',
    code: 'config_invalid',
    message: /there is no such file/,
  });
});

test('loads two configurations in one process without one seeing the other', async (context) => {
  const [first, second] = await Promise.all([
    loadText(context, `http: {port: 1}\n${SINKS}`),
    loadText(context, `http: {port: 2}\n${SINKS}`),
  ]);
  assert.deepEqual([first.http.port, second.http.port], [1, 2]);
});
