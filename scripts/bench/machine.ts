/** What the figures were measured on, in lines for people. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';

const ROOT = new URL('../../', import.meta.url);

/** One line each: processor, memory, kernel, disk, Node, packages, commit. */
export function describeMachine(): readonly string[] {
  const [first] = cpus();
  return [
    `processor: ${first?.model ?? 'unknown'}, ${cpus().length} cores`,
    `memory: ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `kernel: ${process.platform} ${release()}`,
    `disk of ${tmpdir()}: ${mountOf(tmpdir(), readFileSync('/proc/mounts', 'utf8'))}`,
    `Node: ${process.version}, with SQLite ${process.versions.sqlite ?? 'unknown'}`,
    ...['koa', 'prom-client', 'undici'].map((name) => `${name}: ${versionOf(name)}`),
    `notifierd: ${commit()}`,
  ];
}

/** Device and file system that hold a path, from a text of /proc/mounts. */
export function mountOf(path: string, mounts: string): string {
  const holding = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, place = ' ']) => `${path}/`.startsWith(place === '/' ? place : `${place}/`))
    // What was mounted later lies over what was mounted before.
    .reduce<readonly string[]>(
      (best, row) => ((row[1] ?? '').length >= (best[1] ?? '').length ? row : best),
      [],
    );
  const [device = 'unknown', , system = 'unknown'] = holding;
  return `${device} (${system})`;
}

function versionOf(name: string): string {
  // Each package has it.
  return (
    JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8')) as {
      version: string;
    }
  ).version;
}

function commit(): string {
  try {
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain') === '' ? '' : ', with changes that are not committed';
    return `commit ${git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    return 'not from a git repository';
  }
}
