/**
 * What the tests of the docs read out of Markdown: sections, tables, fenced blocks, links, anchors. As much of the language as
 * our pages use, and no more.
 */
import { readTree, type SourceFile } from './source-tree.ts';

/** A fenced block. */
export interface Fence {
  /** The word behind the fence: `sh`, `yaml`, … */
  readonly language: string;
  readonly text: string;
  /** The line in the page, from 1, on which its text begins. */
  readonly line: number;
}

/** A link of a page, as written. */
export interface PageLink {
  readonly to: string;
  readonly line: number;
}

/** All pages of the repository; recorded files of tests are not pages. */
export function readPages(): readonly SourceFile[] {
  return readTree().filter(({ path }) => path.endsWith('.md') && !path.startsWith('test/'));
}

/** One page. Throws if it is not there. */
export function readPage(path: string): SourceFile {
  const page = readPages().find((file) => file.path === path);
  if (page === undefined) throw new Error(`there is no ${path}`);
  return page;
}

/** The text below a heading, up to the next one of its level or above. Empty if there is no such heading. */
export function sectionOf({ text }: Pick<SourceFile, 'text'>, heading: string): string {
  const [level = ''] = /^#+/.exec(heading) ?? [];
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level.length);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** The rows of all tables: the text of each cell, without backquotes. Heads and rules are rows like any other. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

/** The fenced blocks of a page. */
export function fencesOf({ text }: Pick<SourceFile, 'text'>): readonly Fence[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** The page with fenced blocks and code between backquotes blanked out, every line kept: what is left is prose. */
export function proseOf({ text }: Pick<SourceFile, 'text'>): string {
  const blank = (piece: string): string => piece.replace(/[^\n]/g, ' ');
  return text.replace(/^```\w*\n.*?^```$/gms, blank).replace(/`[^`\n]*`/g, blank);
}

/** The links of a page, code left out. */
export function linksOf(page: Pick<SourceFile, 'text'>): readonly PageLink[] {
  const prose = proseOf(page);
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({
    to: match[1] ?? '',
    line: prose.slice(0, match.index).split('\n').length,
  }));
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf({ text }: Pick<SourceFile, 'text'>): readonly string[] {
  return proseWithCode(text).flatMap((line) => {
    const [, title] = /^#+ (.*)$/.exec(line) ?? [];
    return title === undefined ? [] : [toAnchor(title)];
  });
}

function proseWithCode(text: string): readonly string[] {
  return text.replace(/^```\w*\n.*?^```$/gms, '').split('\n');
}

function toAnchor(title: string): string {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
