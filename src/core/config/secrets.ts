/** Secrets among values: which texts must never be printed, and what is no secret at all. Pure. */

import { ownValue } from '../event/own-value.ts';
import type { Setting } from './formats.ts';
import type { Mapping } from './mapping.ts';

/** The values of the sensitive keys, each item of a list; of a URL, also its password and what its query says. */
export function secretsIn(settings: Readonly<Record<string, Setting>>, values: Mapping): string[] {
  return Object.entries(settings)
    .filter(([, { sensitive }]) => sensitive !== undefined)
    .flatMap(([path]) => textsIn(ownValue(values, path)))
    .flatMap((text) => [text, ...partsOf(text)])
    .filter((text) => text !== '');
}

/** True for a secret key's value that holds nothing: an empty text or an empty list. */
export function isEmptySecret(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A shorter value of a query is likely to be an ordinary word. */
const SHORTEST_IN_QUERY = 8;

/** What a URL holds that is a secret even where it stands alone. */
function partsOf(text: string): string[] {
  if (!text.includes('://') || !URL.canParse(text)) return [];
  const { password, searchParams } = new URL(text);
  const fromQuery = [...searchParams.values()].filter((value) => value.length >= SHORTEST_IN_QUERY);
  return [password, ...decoded(password), ...fromQuery];
}

function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}
