/**
 * The programs that tests need beside Node: where they are, and the Debian packages that bring them. scripts/packages.ts
 * installs what is missing; tests only look here.
 */
import { accessSync, constants, globSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something that must be on the machine. */
export interface Requirement {
  /** As messages call it. */
  readonly what: string;
  /** Debian's package. */
  readonly debianPackage: string;
  /** Its absolute path, or undefined if it is not there. */
  find(): string | undefined;
}

/** All of them, by the name that tests use. */
export const REQUIREMENTS = {
  prometheus: program('prometheus', 'prometheus'),
  promtool: program('prometheus', 'promtool'),
  // Debian renames the binary; upstream's archives and other distributions do not.
  alertmanager: program('prometheus-alertmanager', 'prometheus-alertmanager', 'alertmanager'),
  faketime: {
    what: 'libfaketime.so.1',
    debianPackage: 'faketime',
    find: () => FAKETIME_PLACES.flatMap((place) => globSync(place))[0],
  },
} as const satisfies Readonly<Record<string, Requirement>>;

/** Where distributions put libfaketime: Debian by architecture, then Fedora, Arch, and a build by hand. */
const FAKETIME_PLACES = [
  '/usr/lib/*/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
  '/usr/local/lib/faketime/libfaketime.so.1',
];

/** The absolute path of a requirement. Throws with the package's name if it is not there. */
export function pathOf(requirement: Requirement): string {
  const path = requirement.find();
  if (path !== undefined) return path;
  throw new Error(
    `${requirement.what} is not installed (expected on PATH): run "sudo apt-get install ${requirement.debianPackage}", or npm test, which does it`,
  );
}

function program(debianPackage: string, ...names: readonly string[]): Requirement {
  return { what: names.join(' or '), debianPackage, find: () => findOnPath(names) };
}

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutableFile);
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
