/**
 * Where a benchmark works: a temporary folder (TMPDIR chooses the disk) with notifierd and the yardsticks built to plain JavaScript, as
 * production runs them. Stripping types at the start would cost memory and time that no user pays.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTempDir } from '../../test/support/temp-dir.ts';

/** The folder and what is in it. */
export interface Workshop {
  /** Absolute path. */
  readonly path: string;
  /** notifierd's main file. */
  readonly main: string;
  /** A built file of yardsticks/, by its name without ending. */
  yardstick(name: string): string;
  /** The environment of a process whose disk takes so much longer for each fsync; undefined where there is no C compiler. */
  slowDisk(moreMs: number): Readonly<Record<string, string>> | undefined;
  /** A new empty folder. */
  folder(name: string): string;
  /** Removes it all; twice is fine. */
  remove(): void;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SLOW_SYNC = fileURLToPath(new URL('./slow-sync.c', import.meta.url));
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Builds it all. Throws with what the compiler says. */
export function openWorkshop(): Workshop {
  const dir = createTempDir();
  // What is built imports packages, and reads its version from a package.json above it.
  symlinkSync(join(ROOT, 'node_modules'), join(dir.path, 'node_modules'));
  copyFileSync(join(ROOT, 'package.json'), join(dir.path, 'package.json'));
  compile('tsconfig.build.json', join(dir.path, 'dist'));
  compile('scripts/bench/yardsticks/tsconfig.json', join(dir.path, 'yardsticks'));
  let folders = 0;
  return {
    path: dir.path,
    main: join(dir.path, 'dist/main.js'),
    yardstick: (name) => join(dir.path, 'yardsticks', `${name}.js`),
    slowDisk: (moreMs) => compileSlowDisk(join(dir.path, `slow-sync-${moreMs}.so`), moreMs),
    folder(name) {
      folders += 1;
      const path = join(dir.path, `${folders}-${name.replaceAll(/\W+/g, '-')}`);
      mkdirSync(path);
      return path;
    },
    remove: () => dir.remove(),
  };
}

function compileSlowDisk(library: string, moreMs: number): Readonly<Record<string, string>> | undefined {
  if (!existsSync(library)) {
    const args = ['-shared', '-fPIC', `-DSLOW_SYNC_US=${moreMs * 1_000}`, '-o', library, SLOW_SYNC];
    if (spawnSync('cc', args).status !== 0) return undefined;
  }
  return { LD_PRELOAD: library };
}

function compile(project: string, folder: string): void {
  const { status, stdout } = spawnSync(process.execPath, [COMPILER, '-p', project, '--outDir', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cannot build ${project}:\n${stdout}`);
}
