/** Lists of mappings (`routes`, `links.rewrite`): each entry is read as a section of its own, with its number in its path. */
import type { Fault } from '../errors.ts';
import type { Setting } from './formats.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { readSection } from './section.ts';
import { kindOf } from './show.ts';

/** Which list, and which keys an entry has. */
export interface EntriesShape {
  /** `routes`. */
  readonly at: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** One entry that is a mapping. With faults, some of its values are only defaults. */
export interface Entry {
  /** `routes[2]`. */
  readonly at: string;
  readonly values: Mapping;
  readonly isSound: boolean;
}

/** Reads all entries of a list. */
export async function readEntries(
  raw: unknown,
  { at, settings }: EntriesShape,
): Promise<{ readonly entries: readonly Entry[]; readonly faults: readonly Fault[] }> {
  if (!Array.isArray(raw)) {
    const hint = raw === null ? 'remove the line if there are none' : 'begin each entry with a dash';
    return { entries: [], faults: [{ path: at, message: `expected a list, got ${kindOf(raw)}`, hint }] };
  }
  const entries: Entry[] = [];
  const faults: Fault[] = [];
  for (const [index, item] of raw.entries()) {
    const path = `${at}[${index}]`;
    if (!isMapping(item)) {
      faults.push({ path, message: `expected keys of its own, got ${kindOf(item)}` });
      continue;
    }
    // Entries have neither variables nor secret files.
    const section = await readSection(item, { at: path, settings }, { env: {}, directory: '' });
    entries.push({ at: path, values: section.values, isSound: section.faults.length === 0 });
    faults.push(...section.faults);
  }
  return { entries, faults };
}
