/** Secrets among values: which texts must never be printed, and what is no secret at all. Pure. */

import { ownValue } from '../event/own-value.ts';
import type { Setting } from './formats.ts';
import type { Mapping } from './mapping.ts';

/** The values of the sensitive keys, each item of a list; of a URL with a password, the password too. */
export function secretsIn(settings: Readonly<Record<string, Setting>>, values: Mapping): string[] {
  return Object.entries(settings)
    .filter(([, { sensitive }]) => sensitive === true)
    .flatMap(([path]) => textsIn(ownValue(values, path)))
    .flatMap((text) => [text, ...passwordIn(text)])
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

function passwordIn(text: string): string[] {
  if (!text.includes('://') || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
