/** Regular expressions as they stand in TypeScript, found by TypeScript's own scanner: in templates too, and never in a text or a comment. */
import { LanguageVariant, SyntaxKind } from 'typescript/unstable/ast';
import { createScanner } from 'typescript/unstable/ast/scanner';

/** One literal, `/…/flags`, and where it begins in the file. */
export interface RegexLiteral {
  readonly text: string;
  readonly at: number;
}

/** All of a file's, in their order. */
export function regexLiteralsIn(code: string): readonly RegexLiteral[] {
  const scanner = createScanner(true, LanguageVariant.Standard, code);
  const found: RegexLiteral[] = [];
  /** Of each template that is open here: how many braces are open in its expression. */
  const templates: number[] = [];
  let before: SyntaxKind | undefined;
  for (let token = scanner.scan(); token !== SyntaxKind.EndOfFile; token = scanner.scan()) {
    const braces = templates.at(-1);
    if (token === SyntaxKind.TemplateHead) templates.push(0);
    else if (braces !== undefined && token === SyntaxKind.OpenBraceToken)
      templates[templates.length - 1] = braces + 1;
    else if (braces !== undefined && token === SyntaxKind.CloseBraceToken) {
      if (braces > 0) templates[templates.length - 1] = braces - 1;
      else {
        token = scanner.reScanTemplateToken(false);
        if (token === SyntaxKind.TemplateTail) templates.pop();
      }
    } else if (SLASHES.has(token) && (before === undefined || !ENDS_OF_VALUES.has(before))) {
      token = scanner.reScanSlashToken();
      found.push({ text: scanner.getTokenText(), at: scanner.getTokenStart() });
    }
    before = token;
  }
  return found;
}

/** The expression itself. */
export function toRegExp({ text }: RegexLiteral): RegExp {
  const end = text.lastIndexOf('/');
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

const SLASHES: ReadonlySet<SyntaxKind> = new Set([SyntaxKind.SlashToken, SyntaxKind.SlashEqualsToken]);

/** A slash after one of these divides. */
const ENDS_OF_VALUES: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateTail,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
  SyntaxKind.ThisKeyword,
]);
