import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Host } from '../../core/plugin/contract.ts';
import { CODES } from './codes.ts';
import dingtalk from './index.ts';
import { aConfig, anEvent } from './testdata/events.ts';

const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const CONTEXT = {
  pressure: { waitingEvents: 2, freeStarts: 18, spentStarts: 0, oldestWaitMs: 0 },
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

test('puts the id second in the body and changes nothing else for another id', () => {
  const sink = dingtalk.create(aConfig(), IDLE_HOST);
  const { body } = sink.compose([anEvent()], CONTEXT);
  const first = sink.render({ id: 'id-1', body });
  assert.ok(first.startsWith('{"msgtype":"link","msgUuid":"id-1","link":{"title":'));
  assert.equal(sink.render({ id: 'id-2', body }), first.replace('id-1', 'id-2'));
});

test('keeps one pace for one robot, whatever the sink', () => {
  const pace = (changes: Parameters<typeof aConfig>[0]) =>
    dingtalk.create(aConfig(changes), IDLE_HOST).limits.pace;
  assert.deepEqual(pace({ endpoint: 'https://oapi.dingtalk.com/', keyword: 'A' }), pace({}));
  assert.notEqual(pace({ access_token: 'other' })?.credential, pace({})?.credential);
  assert.notEqual(pace({ endpoint: 'https://oapi.dingtalk.io' })?.credential, pace({})?.credential);
  assert.equal(pace({ pace_per_window: 5 })?.starts, 5);
  assert.equal(pace({})?.windowMs, 65_000);
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
