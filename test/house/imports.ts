/**
 * Which file imports which, read off the import statements.
 */
import { posix } from 'node:path';
import { lineOf, type SourceFile, withoutComments } from './source-tree.ts';

/** One import or re-export. */
export interface Import {
  readonly from: SourceFile;
  readonly line: number;
  /** The path of the imported file from the repository's root, or undefined for a package. */
  readonly path: string | undefined;
  /** As it is written: `../errors.ts`, `node:fs`, `koa`. */
  readonly specifier: string;
}

/** `import … from '…'`, `export … from '…'`, `import '…'`, `import('…')`. */
const STATEMENT = /(?:\b(?:import|export)\b[^'"`;()=]*?\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

/** All imports of a file, types included, in their order. An import whose name is computed is not seen. */
export function importsOf(file: SourceFile): readonly Import[] {
  const code = withoutComments(file.text);
  return [...code.matchAll(STATEMENT)].map((match) => {
    const specifier = match[2] ?? '';
    const isFile = specifier.startsWith('.');
    const path = isFile ? posix.join(posix.dirname(file.path), specifier) : undefined;
    return { from: file, line: lineOf(code, match.index + match[0].length), path, specifier };
  });
}
