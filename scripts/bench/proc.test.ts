import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuOf, cpuSeconds, residentMb, residentOf } from './proc.ts';

test('reads the CPU time behind a name with blanks and parentheses', () => {
  const stat = '42 (a (b) c) S 1 42 42 0 -1 4194304 500 0 0 0 250 17 0 0 20 0 11 0 123456 1000 200';
  assert.equal(cpuOf(stat), 2.67);
});

test('reads the resident memory in megabytes', () => {
  assert.equal(residentOf('Name:\tnode\nVmHWM:\t  999999 kB\nVmRSS:\t  100000 kB\nThreads:\t11\n'), 102.4);
});

test('knows of this very process', { skip: process.platform !== 'linux' && 'there is no /proc' }, () => {
  assert.ok(residentMb(process.pid) > 10);
  assert.ok(cpuSeconds(process.pid) >= 0);
});
