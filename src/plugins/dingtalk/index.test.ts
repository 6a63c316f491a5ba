import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Host, Limits } from '../../core/plugin/contract.ts';
import { CODES } from './codes.ts';
import dingtalk from './index.ts';
import { aConfig, anEvent } from './testdata/events.ts';

const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const CONTEXT = {
  pressure: { waitingEvents: 2, freeStarts: 18, spentStarts: 0, oldestWaitMs: 0, recentEvents: 0, thrift: 0 },
  now: 0,
  part: 1,
  mends: [],
};

/** A host that fails the test when it is used: building a sink and composing do no I/O. */
const IDLE_HOST: Host = {
  sink: 'ops',
  log: { debug: assert.fail, info: assert.fail, warn: assert.fail, error: assert.fail },
  http: { post: () => assert.fail() },
  now: () => assert.fail(),
};

test('covers one event a message in quiet times', () => {
  const sink = dingtalk.create(aConfig(), IDLE_HOST);
  const message = sink.compose([anEvent(), anEvent({ name: 'Other' })], CONTEXT);
  assert.deepEqual([message.form, message.covers], ['link', 1]);
});

test('names its own sink in what it tells people to list', () => {
  const { body } = dingtalk.create(aConfig(), IDLE_HOST).compose([anEvent()], { ...CONTEXT, expired: 2 });
  assert.match(body, /dead-letters list --config FILE --sink ops\)/);
});

test('puts the id second in the body and changes nothing else for another id', () => {
  const sink = dingtalk.create(aConfig(), IDLE_HOST);
  const { body } = sink.compose([anEvent()], CONTEXT);
  const first = sink.render({ id: 'id-1', body });
  assert.ok(first.startsWith('{"msgtype":"link","msgUuid":"id-1","link":{"title":'));
  assert.equal(sink.render({ id: 'id-2', body }), first.replace('id-1', 'id-2'));
});

function limits(changes: Parameters<typeof aConfig>[0] = {}): Limits {
  return dingtalk.create(aConfig(changes), IDLE_HOST).limits;
}

test('keeps one pace for one robot, whatever the sink', () => {
  const credential = 'oapi.dingtalk.com made-up-token';
  assert.deepEqual(limits().paces, [{ credential, starts: 18, windowMs: 65_000, reserved: 4 }]);
  assert.deepEqual(limits({ endpoint: 'https://oapi.dingtalk.com/', keyword: 'A' }).paces, limits().paces);
  assert.notDeepEqual(limits({ access_token: 'other' }).paces, limits().paces);
  assert.notDeepEqual(limits({ endpoint: 'https://oapi.dingtalk.io' }).paces, limits().paces);
});

test('keeps a pace for each robot of a pool, the same as for one alone', () => {
  const pool = { access_token: null, access_tokens: ['made-up-token', 'second'], pace_per_window: 3 };
  const [alone] = limits({ pace_per_window: 3 }).paces ?? [];
  assert.deepEqual(limits(pool).paces, [alone, { ...alone, credential: 'oapi.dingtalk.com second' }]);
  assert.equal(alone?.reserved, 2);
});

test('counts the calls of a named organization only, by months of China', () => {
  assert.equal(limits().budget, undefined);
  assert.deepEqual(limits({ organization: 'acme', month_calls: 50_000 }).budget, {
    organization: 'acme',
    callsPerMonth: 50_000,
    utcOffsetMs: 28_800_000,
  });
});

test('the README names every key of the configuration, and no other', () => {
  const section = README.split('\n## Configuration\n')[1]?.split('\n## ')[0] ?? '';
  const documented = [...section.matchAll(/^\| `(\w+)`\s+\|/gm)].map((row) => row[1]);
  assert.deepEqual(documented.toSorted(), Object.keys(dingtalk.schema).toSorted());
});

test('the README explains every code in the table, and no other', () => {
  const section = README.split('\n## Troubleshooting\n')[1] ?? '';
  const documented = [...section.matchAll(/^\| (-?\d[\d,… ]*?)\s+\|/gm)].flatMap(
    (row) => row[1]?.split(/, /) ?? [],
  );
  const codes = CODES.map(({ code, to }) => (to === undefined ? `${code}` : `${code}…${to}`));
  assert.deepEqual([...new Set(documented)].toSorted(), [...new Set(codes)].toSorted());
});

test('the README shows a message as it is sent', () => {
  const golden = readFileSync(new URL('testdata/firing.json', import.meta.url), 'utf8');
  const shown = /\n## Messages\n[\s\S]*?```json\n([\s\S]*?)```/.exec(README)?.[1] ?? 'null';
  assert.deepEqual(JSON.parse(shown), JSON.parse(golden));
});
