/**
 * The conditions of a route in Alertmanager's matcher syntax: `severity="critical"`, `{team!~"a|b", "k8s.io/app name"=shop}`
 * (https://prometheus.io/docs/alerting/latest/configuration/#matcher). Parsed once from the configuration; matching is pure.
 */
import { RE2JS } from 're2js';
import { NotifierdError } from '../errors.ts';
import type { TextMap } from '../event/event.ts';
import { ownValue } from '../event/own-value.ts';
import { unquote } from './quoted-text.ts';

/** How a label's value is compared. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** A parsed condition. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  /** The text to equal, or the RE2 expression that the whole value must match. */
  readonly value: string;
  /** Whether labels fulfil it. A missing label counts as the empty text, as in Alertmanager. */
  matches(labels: TextMap): boolean;
}

/**
 * The conditions of one text, separated by commas, with or without braces around them and a comma behind the last. `{}` has none, so
 * every event fulfils it. Throws a NotifierdError with code `matcher_invalid` that says where the text stops making sense.
 */
export function parseMatchers(text: string): readonly Matcher[] {
  const start = skipBlanks(text, 0);
  const isBraced = text[start] === '{';
  const matchers: Matcher[] = [];
  let at = isBraced ? skipBlanks(text, start + 1) : start;
  while (!(isBraced && text[at] === '}')) {
    const [matcher, end] = readMatcher(text, at);
    matchers.push(matcher);
    at = skipBlanks(text, end);
    if (text[at] !== ',') break;
    at = skipBlanks(text, at + 1);
    if (at === text.length) break;
  }
  if (isBraced) at = skipBlanks(text, readClosingBrace(text, at));
  if (at < text.length) {
    const quoted = 'a value with blanks or signs stands in quotes';
    throw invalid(text, at, `expected nothing more: commas separate conditions, and ${quoted}`);
  }
  return matchers;
}

function readClosingBrace(text: string, at: number): number {
  if (text[at] === '}') return at + 1;
  throw invalid(text, at, 'expected a comma or the closing brace');
}

function readMatcher(text: string, at: number): [matcher: Matcher, end: number] {
  const [name, afterName] = readWord({ text, at, what: 'a label name' });
  const [operator, afterOperator] = readOperator(text, afterName);
  const [value, end] = readWord({ text, at: afterOperator, what: 'a value' });
  const test = operator.endsWith('~')
    ? toExpressionTest(text, afterOperator, value)
    : (label: string) => label === value;
  const wanted = !operator.startsWith('!');
  const matcher: Matcher = {
    name,
    operator,
    value,
    matches: (labels) => test(ownValue(labels, name) ?? '') === wanted,
  };
  return [matcher, end];
}

/** The condition as a text that parseMatchers() reads as the same. */
export function renderMatcher({
  name,
  operator,
  value,
}: Pick<Matcher, 'name' | 'operator' | 'value'>): string {
  return `${JSON.stringify(name)}${operator}${JSON.stringify(value)}`;
}

const BLANKS = /^\s*/;
const OPERATOR = /^(?:=~|!~|!=|=)/;
const QUOTED = /^"(?:[^"\\]|\\.)*"/s;
/** Alertmanager's reserved characters end a word that has no quotes. */
const UNQUOTED = /^[^\s\u0085{}!=~,\\"'`]+/;

interface Place {
  readonly text: string;
  readonly at: number;
  readonly what: string;
}

function readWord({ text, at, what }: Place): [word: string, end: number] {
  const start = skipBlanks(text, at);
  const quoted = matchAt(QUOTED, text, start);
  if (quoted !== undefined) return [unquote(quoted.slice(1, -1)), start + quoted.length];
  if (text[start] === '"') throw invalid(text, text.length, 'expected a closing quote');
  const word = matchAt(UNQUOTED, text, start);
  if (word === undefined) {
    throw invalid(text, start, `expected ${what}, in double quotes if it holds signs or nothing`);
  }
  return [word, start + word.length];
}

function readOperator(text: string, at: number): [operator: MatchOperator, end: number] {
  const start = skipBlanks(text, at);
  const operator = matchAt(OPERATOR, text, start);
  if (operator === undefined) throw invalid(text, start, 'expected =, !=, =~ or !~');
  // The expression matches these four only.
  return [operator as MatchOperator, start + operator.length];
}

function toExpressionTest(text: string, at: number, value: string): (label: string) => boolean {
  try {
    // First alone: `a)|(b` would be sound inside the group and mean something else.
    RE2JS.compile(value);
    const whole = RE2JS.compile(`^(?:${value})$`);
    return (label) => whole.test(label);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(text, skipBlanks(text, at), `expected an RE2 expression: ${why}`);
  }
}

function skipBlanks(text: string, at: number): number {
  return at + (matchAt(BLANKS, text, at)?.length ?? 0);
}

/** What `expression`, which begins with ^, matches at exactly this place. */
function matchAt(expression: RegExp, text: string, at: number): string | undefined {
  return expression.exec(text.slice(at))?.[0];
}

function invalid(text: string, at: number, expected: string): NotifierdError {
  const got = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'the end';
  return new NotifierdError(
    'matcher_invalid',
    `matcher ${JSON.stringify(text)}, character ${at + 1}: ${expected}; got ${got}`,
    'For example severity="critical" or instance=~"web-.+"',
  );
}
