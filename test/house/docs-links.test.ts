/** Every relative link of the docs leads to a file that is there, and to a heading in it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { anchorsOf, linksOf, readPages } from './docs-markdown.ts';
import { assertKept, type Complaint, type Rule, type SourceFile } from './source-tree.ts';

const ROOT = new URL('../../', import.meta.url);
const MEND = 'mend the link, or the heading that it means';

const leadSomewhere: Rule = (pages) => pages.flatMap((page) => complainOfLinks(page, pages));

test('every relative link of the docs leads to an existing file and heading', () => {
  assertKept(leadSomewhere, readPages());
});

const OTHER: SourceFile = { path: 'docs/other.md', text: '# Other\n\n## When the disk is full: what?\n' };
const samples: readonly { name: string; text: string; complaints: number }[] = [
  { name: 'a page beside it', text: '[a](other.md)', complaints: 0 },
  { name: 'a heading of it', text: '[a](other.md#when-the-disk-is-full-what)', complaints: 0 },
  { name: 'a heading of its own', text: '# Here `is` it\n[a](#here-is-it)', complaints: 0 },
  { name: 'a folder', text: '[a](../src/core)', complaints: 0 },
  { name: 'an address', text: '[a](https://prometheus.io/x.md#y)', complaints: 0 },
  { name: 'a link in code', text: '```md\n[a](nowhere.md)\n```\nand `[a](nowhere.md)`', complaints: 0 },
  { name: 'a missing file', text: '[a](nowhere.md)', complaints: 1 },
  { name: 'a missing heading', text: '[a](other.md#nowhere)', complaints: 1 },
  { name: 'a missing heading of its own', text: '[a](#nowhere)', complaints: 1 },
];
for (const { name, text, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}`, () => {
    assert.equal(leadSomewhere([{ path: 'docs/a.md', text }, OTHER]).length, complaints);
  });
}

function complainOfLinks(page: SourceFile, pages: readonly SourceFile[]): readonly Complaint[] {
  return linksOf(page)
    .filter(({ to }) => !/^[a-z]+:/i.test(to))
    .flatMap(({ to, line }) => {
      const [file = '', anchor] = to.split('#');
      const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
      const other = pages.find((each) => each.path === path);
      if (other === undefined && !existsSync(new URL(path, ROOT)))
        return [{ path: page.path, line, what: `${to}: there is no ${path}`, mend: MEND }];
      if (anchor === undefined || (other !== undefined && anchorsOf(other).includes(anchor))) return [];
      return [{ path: page.path, line, what: `${to}: ${path} has no heading #${anchor}`, mend: MEND }];
    });
}
