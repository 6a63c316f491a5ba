/**
 * A configuration file's text to a plain value: YAML 1.2, of which JSON is a part. Says line and column of each syntax error and
 * never quotes the text around it, where a secret may stand. What the keys mean is judged later, by section.ts.
 */
import { type Document, isAlias, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Fault } from '../errors.ts';
import { readTextFile } from './text-file.ts';

/** Longest configuration file, in bytes. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** What the file holds, or every fault for which it cannot be read. */
export type ReadDocument = { readonly content: unknown } | { readonly faults: readonly Fault[] };

/** Reads a configuration file. Never rejects for anything that is wrong with it. */
export async function readDocument(file: string): Promise<ReadDocument> {
  const read = await readTextFile(file, MAX_CONFIG_BYTES);
  if ('problem' in read) return { faults: [{ path: '', message: `cannot read this file: ${read.problem}` }] };
  return parseText(read.text);
}

/** Parses the text of a configuration file. YAML's warnings are faults too: what was not understood must not be guessed. */
export function parseText(text: string): ReadDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const faults = [...document.errors, ...document.warnings].map((error) => syntaxFault(error, lines));
  faults.push(...unresolvedAliases(document, lines));
  if (faults.length > 0) return { faults };
  try {
    return { content: document.toJS() };
  } catch {
    // All that is left to fail is the library's bound on aliases that multiply each other.
    return { faults: [{ path: '', message: 'too many YAML aliases (*name)' }] };
  }
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['TAB_AS_INDENT', 'indent with spaces'],
  ['DUPLICATE_KEY', 'a key may stand only once at its place'],
  ['TAG_RESOLVE_FAILED', 'text that begins with ! needs quotes'],
  ['BAD_SCALAR_START', 'text that begins with this character needs quotes'],
  ['BLOCK_AS_IMPLICIT_KEY', 'text that contains ": " needs quotes'],
  ['MULTIPLE_DOCS', 'one file holds one document: remove the line ---'],
]);

function syntaxFault({ code, message, pos }: YAMLError, lines: LineCounter): Fault {
  const hint = HINTS.get(code);
  // After a colon the library quotes the source.
  const text = message.split(': ')[0]?.replace(/(escape sequence|directive) .*/s, '$1') ?? '';
  return {
    path: position(pos[0], lines),
    message: `not valid YAML: ${text}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function unresolvedAliases(document: Document, lines: LineCounter): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Alias(_, node) {
      if (!isAlias(node) || node.resolve(document) !== undefined) return;
      const path = position(node.range?.[0] ?? 0, lines);
      faults.push({
        path,
        message: 'not valid YAML: * names nothing here',
        hint: 'text that begins with * needs quotes',
      });
    },
  });
  return faults;
}

function position(offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}
