/**
 * Makes the folder of a new plugin out of the console plugin's: the same files, in which every name that says console says the new
 * name. What they do is left to whoever asked for them.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nameProblem, toPascalCase } from './sink-name.ts';

/** The plugin that is copied. */
export const TEMPLATE = 'console';

/** What to make, and where. */
export interface NewSink {
  /** The folder that holds the plugins' folders. */
  readonly pluginsDir: string;
  readonly name: string;
}

/** Writes the folder and returns its path. Throws an Error with a line for people, and writes nothing, if the name cannot be used. */
export function copyTemplate({ pluginsDir, name }: NewSink): string {
  const problem = nameProblem(name, readdirSync(pluginsDir));
  if (problem !== undefined) throw new Error(problem);
  const folder = join(pluginsDir, name);
  for (const [file, text] of readTemplate(join(pluginsDir, TEMPLATE))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), renameIn(text, name), { flag: 'wx' });
  }
  return folder;
}

/** The text with the template's name replaced, but for Node's own `console.log`. */
export function renameIn(text: string, name: string): string {
  return text.replace(/\bconsole\b(?!\.)/g, name).replaceAll('Console', toPascalCase(name));
}

function readTemplate(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(folder, file), readFileSync(file, 'utf8')]);
}
