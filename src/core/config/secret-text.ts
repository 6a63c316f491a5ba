/**
 * What a credential looks like, for every plugin and the core alike: white space at its ends never counts, and some texts cannot be a
 * credential at all. Nothing here repeats a value or a part of one. Pure.
 */
import type { SecretKind } from '../plugin/contract.ts';
import type { Setting } from './formats.ts';
import { isMapping } from './mapping.ts';

/** `\s` is what JavaScript trims, a byte order mark included; the others are what Go trims beyond that, and a blank of no width. */
const WHITE = /[\s\u0085\u200b]/u;
/** Also what cannot be seen at all: control characters, marks of direction, joiners, halves of a pair. */
const UNSEEN = /[\p{Z}\p{Cc}\p{Cf}\p{Cs}]/u;
/** `${NAME}`, `$NAME`, `$(NAME)` and `{{ .NAME }}`: the words of shells, Compose, Kubernetes and Helm. */
const VARIABLE = /^(?:\$\{[^{}]*\}|\$\w+|\$\([^()]*\)|\{\{[^{}]*\}\})$/;
const ONLY_VARIABLE = /^\$\{[^{}]*\}$/;
const QUOTED = /^(?:"[^"]*"|'[^']*')$/;

/** True for a key whose values lose the white space at their ends. */
export function isTrimmed({ sensitive, trim }: Setting): boolean {
  return sensitive !== undefined || trim === true;
}

/** The value without white space at the ends of each text in it; what is no text stays. */
export function trimValue(value: unknown): unknown {
  if (typeof value === 'string') return trimText(value);
  if (Array.isArray(value)) return value.map(trimValue);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, trimValue(item)]));
}

/** The text without white space at its ends. Counted by hand: an expression would take the square of a long run of blanks. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE.test(text.charAt(start))) start++;
  while (end > start && WHITE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** What is wrong with a credential. */
export interface SecretProblem {
  /** A warning points out what may be right all the same. */
  readonly isWarning: boolean;
  readonly message: string;
  /** `variable`: the value is only the name of one. */
  readonly kind: 'white_space' | 'quotes' | 'variable';
}

/** What is wrong with one credential whose ends were trimmed; `undefined` if nothing is. */
export function secretProblem(text: string, kind: SecretKind): SecretProblem | undefined {
  if (kind === 'password') {
    if (!ONLY_VARIABLE.test(text)) return undefined;
    return {
      kind: 'variable',
      isWarning: true,
      message: 'looks like the name of a variable, not like a value',
    };
  }
  if (VARIABLE.test(text)) {
    return {
      kind: 'variable',
      isWarning: false,
      message: 'expected a token, got only the name of a variable',
    };
  }
  if (UNSEEN.test(text)) {
    const message = 'expected a token, got text with blanks, line ends or signs that cannot be seen inside';
    return { kind: 'white_space', isWarning: false, message };
  }
  if (!QUOTED.test(text)) return undefined;
  return { kind: 'quotes', isWarning: false, message: 'expected a token, got one in quotes of its own' };
}
