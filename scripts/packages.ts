/**
 * Makes sure that the programs which the tests need are on the machine. As root on Debian and its kin it installs what is
 * missing, and says so; anywhere else it says what is missing and how to get it. It never removes or upgrades anything.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { Requirement } from '../test/support/programs.ts';

const APT_GET = '/usr/bin/apt-get';
const INSTALL_TIMEOUT_MS = 6 * 60_000;

/** True when all are there, or have been installed. Otherwise prints what is missing and how to mend it, and returns false. */
export function ensurePrograms(needed: readonly Requirement[]): boolean {
  const missing = needed.filter((requirement) => requirement.find() === undefined);
  if (missing.length === 0) return true;
  if (!hasAptGet() || process.getuid?.() !== 0) {
    console.error(missingText(missing, hasAptGet()));
    return false;
  }
  const done = install(packagesOf(missing));
  const still = missing.filter((requirement) => requirement.find() === undefined);
  if (done && still.length === 0) return true;
  console.error(`\nThe installation did not succeed (see above).\n${missingText(still, true)}`);
  return false;
}

/** What is missing and the command that brings it, as people read it. */
export function missingText(missing: readonly Requirement[], hasApt: boolean): string {
  const list = missing.map(({ what, debianPackage }) => `  ${what} (Debian package ${debianPackage})`);
  const cure = hasApt
    ? `Install them, then run npm test again:\n  sudo apt-get install ${packagesOf(missing).join(' ')}`
    : 'Put them on PATH (libfaketime where your distribution keeps it under /usr/lib), then run npm test again.';
  return [
    'Missing programs that the tests with real servers need:',
    ...list,
    cure,
    'Tests that need none of them: npm run test:unit',
  ].join('\n');
}

/** The Debian packages of these requirements, each once. */
export function packagesOf(requirements: readonly Requirement[]): readonly string[] {
  return [...new Set(requirements.map((requirement) => requirement.debianPackage))];
}

function install(packages: readonly string[]): boolean {
  console.log(`Installing Debian packages that the tests need: ${packages.join(' ')}`);
  return aptGet(['update']) && aptGet(['install', '--yes', '--no-install-recommends', ...packages]);
}

function aptGet(args: readonly string[]): boolean {
  const options = [
    '--quiet=2',
    '-o=Acquire::Retries=2',
    '-o=Acquire::http::Timeout=30',
    '-o=DPkg::Lock::Timeout=120',
  ];
  console.log(`> apt-get ${args.join(' ')}`);
  const { status, error } = spawnSync(APT_GET, [...options, ...args], {
    // RUNLEVEL=1 tells Debian's invoke-rc.d that this is no time to start the servers that come with the packages.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (error !== undefined) console.error(`apt-get: ${error.message}`);
  return status === 0;
}

function hasAptGet(): boolean {
  try {
    accessSync(APT_GET, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
