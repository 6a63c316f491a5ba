/**
 * The ordered rewrite rules of `links.rewrite`: a prefix or an RE2 regular expression, and what to write in its place. RE2
 * has no backtracking, so that no rule can take longer than the length of a URL allows, whatever an alert holds.
 */
import { type Matcher, RE2JS } from 're2js';
import { NotifierdError } from '../errors.ts';

/** One rule: `to` replaces the prefix (with one slash between it and the rest), or the first match of the expression, with `$1`, `${1}`, `${name}` and `$$` expanded. */
export type LinkRule =
  | { readonly prefix: string; readonly to: string }
  | { readonly regex: string; readonly to: string };

/** The rewritten URL, or `undefined` if the rule does not match. Never throws. */
export type Rewrite = (url: string) => string | undefined;

/** Compiles one rule. Throws a NotifierdError with code `link_rule_invalid` that says what is wrong with it. */
export function compileLinkRule(rule: LinkRule): Rewrite {
  return 'prefix' in rule ? compilePrefix(rule.prefix, rule.to) : compileRegex(rule.regex, rule.to);
}

/** A piece of `to`: text as it is, or the number or name of a group. */
type Piece = { readonly text: string } | { readonly group: string | number };

/** `$$`, `$1`, `${1}` and `${name}`. */
const REFERENCE = /\$(?:(\$)|(\d{1,2})|\{(\w+)\})/g;

function compilePrefix(prefix: string, to: string): Rewrite {
  if (prefix === '')
    throw invalid('prefix is empty, so it would match every link', 'Write what the links begin with.');
  return (url) => (url.startsWith(prefix) ? join(prefix, to, url.slice(prefix.length)) : undefined);
}

/** One slash stands between `to` and the rest if one stood behind the prefix, whichever of the two was written with it. */
function join(prefix: string, to: string, rest: string): string {
  if (/[?#]/.test(to) || to.endsWith('://') || rest === '') return to + rest;
  if (to.endsWith('/')) return !prefix.endsWith('/') && rest.startsWith('/') ? to + rest.slice(1) : to + rest;
  return prefix.endsWith('/') && !/^[/?#]/.test(rest) ? `${to}/${rest}` : to + rest;
}

function compileRegex(regex: string, to: string): Rewrite {
  if (regex === '') throw invalid('regex is empty, so it would match every link', 'Write an RE2 expression.');
  const expression = compileExpression(regex);
  const pieces = parseReplacement(to);
  for (const piece of pieces) requireGroup(expression, regex, piece);
  return (url) => {
    const match = expression.matcher(url);
    if (!match.find()) return undefined;
    return url.slice(0, match.start()) + expand(pieces, match) + url.slice(match.end());
  };
}

function compileExpression(regex: string): RE2JS {
  try {
    return RE2JS.compile(regex);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(`regex is not an RE2 expression: ${why}`, 'RE2 has no look-around and no back-references.');
  }
}

function parseReplacement(to: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const reference of to.matchAll(REFERENCE)) {
    const [whole, dollar, digits, name = ''] = reference;
    pieces.push({ text: to.slice(end, reference.index) });
    pieces.push(dollar === undefined ? { group: toGroup(digits ?? name) } : { text: '$' });
    end = reference.index + whole.length;
  }
  return [...pieces, { text: to.slice(end) }];
}

function toGroup(reference: string): string | number {
  return /^\d+$/.test(reference) ? Number(reference) : reference;
}

function requireGroup(expression: RE2JS, regex: string, piece: Piece): void {
  if ('text' in piece) return;
  const { group } = piece;
  const known =
    typeof group === 'number'
      ? group <= expression.groupCount()
      : Object.hasOwn(expression.namedGroups(), group);
  if (known) return;
  throw invalid(
    `to refers to group ${group}, which regex ${JSON.stringify(regex)} does not have`,
    'Write $$ for a dollar sign, (…) for a numbered group and (?P<name>…) for a named one.',
  );
}

function expand(pieces: readonly Piece[], match: Matcher): string {
  return pieces.map((piece) => ('text' in piece ? piece.text : (match.group(piece.group) ?? ''))).join('');
}

function invalid(message: string, hint: string): NotifierdError {
  return new NotifierdError('link_rule_invalid', `link rule: ${message}`, hint);
}
