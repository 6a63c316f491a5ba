/**
 * The version of notifierd that comes after this one, as far as its database is concerned: a copy of the product with further migrations.
 * It runs from a directory of its own, beside the present version.
 */
import { chmodSync, cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTempDir } from '../temp-dir.ts';

/** A migration that it has beside the present ones. */
export interface NextMigration {
  /** `0002-expand-notes`. */
  readonly name: string;
  /** The body of its `up(db)`: statements of TypeScript. */
  readonly up: string;
}

/** Where it is. */
export interface NextVersion {
  /** Stands in for Node where a daemon is started (`node` of DaemonOptions), and runs this version whichever is named. */
  readonly node: string;
  remove(): void;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const REGISTERED = "= { '0001-first': first };";

/** Makes it. Throws if the present version registers its migrations in another way than this file expects. */
export function makeNextVersion(migrations: readonly NextMigration[]): NextVersion {
  const { path, remove } = createTempDir();
  for (const part of ['src', 'package.json']) cpSync(join(ROOT, part), join(path, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  register(join(path, 'src/core/outbox/migrations'), migrations);
  const node = join(path, 'node');
  // The first argument is the present version's main.ts.
  const main = join(path, 'src/main.ts');
  writeFileSync(node, `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(node, 0o755);
  return { node, remove };
}

function register(folder: string, migrations: readonly NextMigration[]): void {
  for (const { name, up } of migrations) {
    const lines = [
      "import { type Kysely, sql } from 'kysely';",
      'export async function up(db: Kysely<unknown>): Promise<void> {',
      up,
      '}',
    ];
    writeFileSync(join(folder, `${name}.ts`), lines.join('\n'));
  }
  const index = join(folder, 'index.ts');
  const text = readFileSync(index, 'utf8');
  if (!text.includes(REGISTERED)) throw new Error(`${index}: expected "${REGISTERED}"`);
  const imports = migrations.map(({ name }, number) => `import * as next${number} from './${name}.ts';\n`);
  const entries = migrations.map(({ name }, number) => `, '${name}': next${number}`);
  const registered = `= { '0001-first': first${entries.join('')} };`;
  writeFileSync(index, imports.join('') + text.replace(REGISTERED, registered));
}
