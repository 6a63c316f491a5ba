import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountOf } from './machine.ts';

const MOUNTS = `/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/vdb /tmp/fast xfs rw 0 0
/dev/vdc /tmp/fast ext4 rw 0 0
`;
const rows: readonly { path: string; expected: string }[] = [
  { path: '/var/lib', expected: '/dev/vda (ext4)' },
  { path: '/tmp', expected: 'tmpfs (tmpfs)' },
  { path: '/tmpfile', expected: '/dev/vda (ext4)' },
  { path: '/tmp/fast/x', expected: '/dev/vdc (ext4)' },
];
for (const { path, expected } of rows) {
  test(`${path} lies on ${expected}`, () => assert.equal(mountOf(path, MOUNTS), expected));
}

test('says so where nothing is known', () => {
  assert.equal(mountOf('/tmp', ''), 'unknown (unknown)');
});
