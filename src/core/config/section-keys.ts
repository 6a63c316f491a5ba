/**
 * Tells the keys of a section apart: known, unknown, a twin's, or not a value at all. The values themselves are judged by
 * section.ts. Pure.
 */
import type { Fault } from '../errors.ts';
import { suggest } from '../nearest.ts';
import type { Setting } from './formats.ts';
import { isMapping, joinPath } from './mapping.ts';
import { twinOf } from './secret-files.ts';
import { kindOf } from './show.ts';

/** Where a section stands and what may be in it. */
export interface SectionShape {
  /** Empty for the whole document, else such as `sinks.ops`. */
  readonly at: string;
  /** By path inside the section, dots included: `http.port`. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Paths that are known but read by others. */
  readonly elsewhere?: readonly string[];
}

/** What the section gives. */
export interface GivenKeys {
  readonly values: ReadonlyMap<string, unknown>;
  /** Names of secret files by the twin's path. */
  readonly twins: ReadonlyMap<string, unknown>;
  readonly faults: readonly Fault[];
}

/** Sorts what a section holds by its settings. */
export function readKeys(raw: Readonly<Record<string, unknown>>, shape: SectionShape): GivenKeys {
  const keys = {
    values: new Map<string, unknown>(),
    twins: new Map<string, unknown>(),
    faults: [] as Fault[],
  };
  const twins = new Set(Object.entries(shape.settings).map(([key, setting]) => twinOf(key, setting)));
  const elsewhere = shape.elsewhere ?? [];
  const known = [...Object.keys(shape.settings), ...twins, ...elsewhere].filter((path) => path !== undefined);

  const visit = (mapping: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [name, value] of Object.entries(mapping)) {
      const path = `${prefix}${name}`;
      const fault = (message: string, hint: string): void => {
        keys.faults.push({ path: joinPath(shape.at, `${prefix}${shownName(name)}`), message, hint });
      };
      // A dot inside a name would be taken for a step down.
      const isKnown = !name.includes('.') && known.some((key) => key === path || key.startsWith(`${path}.`));
      if (!isKnown) fault('unknown key', suggest(shownName(name), childrenOf(prefix, known)));
      else if (elsewhere.includes(path)) continue;
      else if (Object.hasOwn(shape.settings, path)) keys.values.set(path, value);
      else if (twins.has(path)) keys.twins.set(path, value);
      else if (isMapping(value)) visit(value, `${path}.`);
      else {
        const below = childrenOf(`${path}.`, known).join(', ');
        fault(`expected keys of its own, got ${kindOf(value)}`, `known: ${below}`);
      }
    }
  };
  visit(raw, '');
  return keys;
}

/** Where the blank after a colon is missing, a secret may have become a part of the name: `token:SEC…`. */
function shownName(name: string): string {
  return name.replace(/[^\w.-].*$/su, '…');
}

function childrenOf(prefix: string, known: readonly string[]): string[] {
  const below = known.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return [...new Set(below.map((path) => path.split('.')[0] ?? path))];
}
