/** A credential that stands in the wrong key is not repeated by the fault that it causes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultLinesOf } from './testing/sample.ts';

const ADDRESS = 'https://oapi.dingtalk.com/robot/send?access_token=HUNTER2';
const TOKEN = `HUNTER2${'0123456789abcdef'.repeat(4)}`;
const UUID = 'HUNTER2a-0000-4000-8000-000000000000';

const rows = [
  {
    name: 'an address as the name of a file',
    text: `sinks: {ops: {plugin: sample, token_file: '${ADDRESS}'}}`,
  },
  { name: 'a token as the name of a file', text: `sinks: {ops: {plugin: sample, token_file: ${TOKEN}}}` },
  { name: 'a UUID as the name of a file', text: `sinks: {ops: {plugin: sample, token_file: ${UUID}}}` },
  { name: 'an address as a plugin', text: `sinks: {ops: {plugin: '${ADDRESS}'}}` },
  { name: 'a token as a plugin', text: `sinks: {ops: {plugin: ${TOKEN}}}` },
  { name: 'an address as a sink', text: `sinks: {'${ADDRESS}': {plugin: sample, token: x}}` },
  {
    name: 'a password before a host',
    text: 'http: {host: "user:HUNTER2@h"}\nsinks: {ops: {plugin: sample, token: x}}',
  },
];
for (const { name, text } of rows) {
  test(`${name} is a fault that does not repeat it`, async (context) => {
    const lines = await faultLinesOf(context, text);
    assert.notDeepEqual(lines, []);
    assert.doesNotMatch(lines.join('\n'), /HUNTER2/);
  });
}

for (const { name, text } of [
  { name: 'dingtolk', text: 'sinks: {ops: {plugin: dingtolk}}' },
  {
    name: 'secrets/钉钉 (旧).txt',
    text: "sinks: {ops: {plugin: sample, token_file: 'secrets/钉钉 (旧).txt'}}",
  },
]) {
  test(`a name that looks like one is repeated: ${name}`, async (context) => {
    assert.ok((await faultLinesOf(context, text)).join('\n').includes(name));
  });
}
