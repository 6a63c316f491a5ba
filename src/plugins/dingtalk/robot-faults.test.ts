import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RobotKeys, robotFaults } from './robot-faults.ts';

const ONE: RobotKeys = { access_token: 'HUNTER-1', access_tokens: [], secret: '', secrets: [] };
const POOL: RobotKeys = { ...ONE, access_token: null, access_tokens: ['HUNTER-1', 'HUNTER-2', 'HUNTER-3'] };

const FINE: readonly { name: string; keys: RobotKeys }[] = [
  { name: 'one robot', keys: ONE },
  { name: 'one robot with a secret', keys: { ...ONE, secret: 'SEC1' } },
  { name: 'a pool without secrets', keys: POOL },
  { name: 'a pool with a secret for each', keys: { ...POOL, secrets: ['SEC1', 'SEC1', 'SEC3'] } },
  { name: 'a pool of one', keys: { ...POOL, access_tokens: ['HUNTER-1'], secrets: ['SEC1'] } },
  { name: 'a pool of ten', keys: { ...POOL, access_tokens: numbered(10) } },
];

for (const { name, keys } of FINE) {
  test(`accepts ${name}`, () => assert.deepEqual(robotFaults(keys), []));
}

const FAULTY: readonly { name: string; keys: RobotKeys; says: readonly string[] }[] = [
  {
    name: 'no robot, and names both keys',
    keys: { ...ONE, access_token: null },
    says: ['access_token: missing: expected access_token, or access_tokens for several robots of one group'],
  },
  {
    name: 'both ways to name robots',
    keys: { ...POOL, access_token: 'HUNTER-4' },
    says: ['access_tokens: given together with access_token'],
  },
  {
    name: 'a robot named twice',
    keys: { ...POOL, access_tokens: ['HUNTER-1', 'HUNTER-2', 'HUNTER-1', 'HUNTER-2'] },
    says: [
      'access_tokens: number 3 is the same as number 1',
      'access_tokens: number 4 is the same as number 2',
    ],
  },
  {
    name: 'more robots than anybody reads',
    keys: { ...POOL, access_tokens: numbered(11) },
    says: ['access_tokens: expected at most 10 robots, got 11'],
  },
  {
    name: 'a secret too few',
    keys: { ...POOL, secrets: ['HUNTER-S', 'HUNTER-T'] },
    says: ['secrets: expected one for each of the 3 access_tokens, got 2'],
  },
  {
    name: 'a secret too many',
    keys: { ...POOL, secrets: ['HUNTER-S', 'HUNTER-T', 'HUNTER-U', 'HUNTER-V'] },
    says: ['secrets: expected one for each of the 3 access_tokens, got 4'],
  },
  {
    name: 'the secret of one robot beside a pool',
    keys: { ...POOL, secret: 'HUNTER-S' },
    says: ['secret: given together with access_tokens'],
  },
  {
    name: 'secrets of a pool beside one robot',
    keys: { ...ONE, secrets: ['HUNTER-S'] },
    says: ['secrets: given without access_tokens'],
  },
];

for (const { name, keys, says } of FAULTY) {
  test(`refuses ${name}`, () => {
    const faults = robotFaults(keys);
    assert.deepEqual(
      faults.map(({ path, message }) => `${path}: ${message}`),
      says,
    );
    assert.doesNotMatch(JSON.stringify(faults), /HUNTER/);
  });
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `HUNTER-${index}`);
}
