import assert from 'node:assert/strict';
import test from 'node:test';
import { HELP, parseCli } from './cli-options.ts';

const NO_FILES = (): string => assert.fail('read a file');

test('starts one robot on port 8061 without any argument', () => {
  assert.deepEqual(parseCli([], NO_FILES), {
    port: 8061,
    host: '127.0.0.1',
    robots: [{ name: 'ops-group', token: 'demo' }],
    settings: {},
    faults: [],
  });
});

test('reads robots from arguments and from a file', () => {
  const file = '[{"name":"dev","token":"t2","keywords":["a,b"]}]';
  const fields = 'name=ops,token=t1,secret=SEC=,keyword=A,keyword=100%+B,ip=192.0.2.0/24,state=disabled';
  const options = parseCli(['--robot', fields, '--robots', 'robots.json'], () => file);
  assert.deepEqual(options !== 'help' && options.robots, [
    { name: 'dev', token: 't2', keywords: ['a,b'], allowedIps: [], state: 'active' },
    {
      name: 'ops',
      token: 't1',
      secret: 'SEC=',
      keywords: ['A', '100%+B'],
      allowedIps: ['192.0.2.0/24'],
      state: 'disabled',
    },
  ]);
});

test('reads every setting', () => {
  const args =
    '--time-scale 60 --starts-per-minute 5 --no-count-refused --no-block-prolongs --throttle-errcode 410100 --wording older --month-quota 3000 --uuid-memory 60 --refused-uuid kept';
  const options = parseCli(args.split(' '), NO_FILES);
  assert.deepEqual(options !== 'help' && options.settings, {
    timeScale: 60,
    startsPerMinute: 5,
    countRefused: false,
    blockProlongs: false,
    throttleErrcode: 410100,
    wording: 'older',
    monthQuota: 3000,
    uuidMemoryMs: 60_000,
    refusedUuid: 'kept',
  });
});

test('reads faults', () => {
  const random = '{"seed":1,"faults":[{"kind":"empty","probability":0.5}]}';
  const options = parseCli(
    ['--fault', '{"kind":"html"}', '--fault', '{"kind":"empty"}', '--random-faults', random],
    NO_FILES,
  );
  assert.deepEqual(options !== 'help' && options.faults, [{ kind: 'html' }, { kind: 'empty' }]);
  assert.deepEqual(options !== 'help' && options.randomFaults, JSON.parse(random));
});

const REFUSED = [
  { name: 'a port that is no number', args: ['--port', '80x'], message: /--port: expected a number from 0/ },
  { name: 'an unknown option', args: ['--prot', '1'], message: /--prot/ },
  {
    name: 'a robot without token',
    args: ['--robot', 'name=ops'],
    message: /--robot\[0\]\.token: expected a text/,
  },
  { name: 'a robot as a bare word', args: ['--robot', 'ops'], message: /--robot: expected fields/ },
  { name: 'a fault that is no JSON', args: ['--fault', 'html'], message: /--fault: expected JSON/ },
  {
    name: 'an unknown wording',
    args: ['--wording', 'old'],
    message: /--wording: expected one of older, newer/,
  },
];

for (const { name, args, message } of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.throws(() => parseCli(args, NO_FILES), { message });
  });
}

test('names every option in its help', () => {
  assert.equal(parseCli(['--help'], NO_FILES), 'help');
  for (const option of [
    'port',
    'robot',
    'robots',
    'time-scale',
    'no-block-prolongs',
    'refused-uuid',
    'random-faults',
  ]) {
    assert.match(HELP, new RegExp(`--${option} `));
  }
});
