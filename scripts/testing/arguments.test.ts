import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTestArguments } from './arguments.ts';

const rows: readonly {
  name: string;
  args: readonly string[];
  groups: readonly string[];
  withChecks: boolean;
}[] = [
  {
    name: 'everything but the long group by default',
    args: [],
    groups: ['house', 'unit', 'contract', 'integration', 'e2e'],
    withChecks: true,
  },
  {
    name: 'the long group on demand',
    args: ['--long'],
    groups: ['house', 'unit', 'contract', 'integration', 'e2e', 'long'],
    withChecks: true,
  },
  { name: 'one group without the checks', args: ['--only', 'unit'], groups: ['unit'], withChecks: false },
  { name: 'some groups', args: ['--only', 'unit', '--only=e2e'], groups: ['unit', 'e2e'], withChecks: false },
];
for (const { name, args, groups, withChecks } of rows) {
  test(`runs ${name}`, () => {
    const wanted = parseTestArguments(args);
    assert.deepEqual(
      wanted.groups.map((group) => group.name),
      groups,
    );
    assert.equal(wanted.withChecks, withChecks);
    assert.equal(wanted.node, process.execPath);
  });
}

test('the unit group needs no program', () => {
  assert.deepEqual(
    parseTestArguments(['--only', 'unit']).groups.flatMap((group) => group.needs),
    [],
  );
});

test('takes another Node', () => {
  assert.equal(parseTestArguments(['--node', '/opt/node']).node, '/opt/node');
});

test('refuses what it does not know, and names what it does', () => {
  assert.throws(() => parseTestArguments(['--only', 'fast']), /--only fast: expected one of house, unit, /);
  assert.throws(() => parseTestArguments(['--quick']), /--quick/);
});
