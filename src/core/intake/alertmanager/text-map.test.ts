import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickFields, textOf, toTextMap } from './text-map.ts';

test('finds nothing that was not sent, not even what every object has', () => {
  assert.equal(textOf({}, 'constructor'), undefined);
  assert.equal(toTextMap({ a: 'b' }).toString, undefined);
  assert.deepEqual(Object.keys(toTextMap(null)), []);
});

test('keeps a key named __proto__ as a key', () => {
  const sent: Record<string, string> = JSON.parse('{"__proto__":"x","a":"y"}');
  assert.deepEqual(Object.entries(toTextMap(sent)), Object.entries(sent));
  assert.deepEqual(Object.entries(pickFields(sent, (name) => name !== 'a')), [['__proto__', 'x']]);
});

test('tells blanks from text', () => {
  assert.deepEqual([textOf({ a: ' \n' }, 'a'), textOf({ a: ' x' }, 'a')], [undefined, ' x']);
});
