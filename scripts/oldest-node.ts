/**
 * `npm run test:oldest`: the whole test run with the oldest Node that package.json admits. Fetches that Node from the npm
 * registry into .cache/ (once), prints its path, and hands all arguments on to scripts/test.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oldestVersion, platformPackage } from './testing/node-release.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const version = oldestVersion(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const node = fetchNode(version);
console.log(`Node ${version}: ${node}`);
const { status } = spawnSync(
  process.execPath,
  ['scripts/test.ts', '--node', node, ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;

function fetchNode(wanted: string): string {
  const name = platformPackage(process.platform, process.arch);
  const folder = join(ROOT, '.cache', `node-${wanted}`);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    // A prefix of its own: the repository's package.json and lockfile stay as they are.
    const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${name}@${wanted}`];
    const { error, status: code } = spawnSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (code !== 0) throw new Error(`npm ${args.join(' ')} failed: ${error?.message ?? `exit code ${code}`}`);
  }
  return binary;
}
