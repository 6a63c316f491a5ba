/** Environment variables that look like ours and are not: a mistyped one would be ignored without a word. Pure. */

import { nearest } from '../nearest.ts';
import type { Setting } from './formats.ts';
import { twinOf } from './secret-files.ts';

/**
 * One line for each set variable that is nearly the name of a known one. Others that begin with NOTIFIERD_ are left alone:
 * Kubernetes makes some for a Service called notifierd.
 */
export function envWarnings(
  env: Readonly<Record<string, string | undefined>>,
  settings: Readonly<Record<string, Setting>>,
): string[] {
  const known = Object.entries(settings).flatMap(([path, setting]) => {
    if (setting.env === undefined) return [];
    return twinOf(path, setting) === undefined ? [setting.env] : [setting.env, `${setting.env}_FILE`];
  });
  return Object.keys(env)
    .filter((name) => name.startsWith('NOTIFIERD_') && !known.includes(name))
    .flatMap((name) => {
      const near = nearest(name, known);
      return near === undefined
        ? []
        : [`environment: ${name} is not known and has no effect (did you mean ${near}?)`];
    });
}
