import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBenchArguments } from './arguments.ts';
import { MEASURE_NAMES } from './measure-names.ts';

test('measures everything by default, in three rounds', () => {
  const { measures, effort, others, json, help } = parseBenchArguments([]);
  assert.deepEqual(measures, MEASURE_NAMES);
  assert.deepEqual([effort.rounds, effort.alertCounts], [3, [1, 10, 100, 1_000]]);
  assert.deepEqual([others, json, help], [[], undefined, false]);
});

test('measures what is asked for, in the usual order', () => {
  assert.deepEqual(parseBenchArguments(['--only', 'footprint,latency']).measures, ['latency', 'footprint']);
});

test('takes rounds, seconds and alerts also for a quick run', () => {
  const { effort } = parseBenchArguments('--quick --rounds 5 --seconds 0.5 --alerts 1,1000'.split(' '));
  assert.deepEqual([effort.rounds, effort.seconds, effort.alertCounts], [5, 0.5, [1, 1_000]]);
  assert.ok(effort.backlog < parseBenchArguments([]).effort.backlog);
});

test('measures other programs, whose addresses may hold anything', () => {
  const args = ['--target', 'a tool=http://127.0.0.1:8060/hook?x=y', '--target=b=http://[::1]:1/'];
  assert.deepEqual(parseBenchArguments(args).others, [
    { name: 'a tool', url: 'http://127.0.0.1:8060/hook?x=y' },
    { name: 'b', url: 'http://[::1]:1/' },
  ]);
});

const REFUSED: readonly { name: string; args: readonly string[]; message: RegExp }[] = [
  { name: 'an unknown measure', args: ['--only', 'speed'], message: /--only speed: expected one of acknow/ },
  { name: 'no rounds', args: ['--rounds', '0'], message: /--rounds 0: expected a whole number from 1/ },
  { name: 'half an alert', args: ['--alerts', '1,0.5'], message: /--alerts 0\.5: expected a whole number/ },
  { name: 'too many alerts', args: ['--alerts', '1001'], message: /--alerts 1001: .* to 1,000/ },
  { name: 'no time', args: ['--seconds', ''], message: /--seconds : expected a number from 0\.1/ },
  {
    name: 'a nameless address',
    args: ['--target', 'http://x/'],
    message: /--target http:\/\/x\/: expected a name/,
  },
  { name: 'an empty name', args: ['--target', '=http://x/'], message: /--target =http.*: expected a name/ },
  { name: 'a name without address', args: ['--target', 'a=b'], message: /--target a=b: expected a name/ },
  { name: 'an unknown option', args: ['--fast'], message: /--fast/ },
];
for (const { name, args, message } of REFUSED) {
  test(`refuses ${name}`, () => assert.throws(() => parseBenchArguments(args), { message }));
}
