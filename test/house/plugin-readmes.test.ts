/**
 * Every plugin's README has the same sections in the same order: who has read one finds everything in the next.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertKept, lineOf, type Rule, readTree, type SourceFile } from './source-tree.ts';

const SECTIONS = ['Name', 'Description', 'Configuration', 'Messages', 'Delivery', 'Troubleshooting'];

const haveSections: Rule = (files) =>
  pluginFolders(files).flatMap((folder) => {
    const path = `${folder}README.md`;
    const readme = files.find((file) => file.path === path);
    const mend = `have exactly these sections, as "## ", in this order: ${SECTIONS.join(', ')}`;
    if (readme === undefined) return [{ path, line: 1, what: 'is missing', mend }];
    const found = sectionsOf(readme);
    const wrong = found.findIndex(({ title }, index) => title !== SECTIONS[index]);
    if (wrong >= 0) {
      const { line, title } = found[wrong] ?? { line: 1, title: '' };
      return [
        { path, line, what: `has "${title}" where "${SECTIONS[wrong] ?? 'the end'}" is expected`, mend },
      ];
    }
    if (found.length === SECTIONS.length) return [];
    return [
      {
        path,
        line: lineOf(readme.text, readme.text.length),
        what: `ends before "${SECTIONS[found.length]}"`,
        mend,
      },
    ];
  });

test('every plugin has a README with the fixed sections in order', () => {
  assertKept(haveSections, readTree('src/plugins'));
});

const WHOLE = `# x\n\n${SECTIONS.map((title) => `## ${title}\n\nText.\n`).join('\n')}`;
const samples: readonly { name: string; readme: string | undefined; complaint: string | undefined }[] = [
  { name: 'accepts a README with all sections', readme: WHOLE, complaint: undefined },
  { name: 'accepts a heading of another level', readme: `${WHOLE}\n### More\n`, complaint: undefined },
  {
    name: 'accepts what looks like a heading in a sample',
    readme: `${WHOLE}\n\`\`\`yaml\n## Comment\n\`\`\`\n`,
    complaint: undefined,
  },
  { name: 'complains of a missing README', readme: undefined, complaint: 'is missing' },
  {
    name: 'complains of a missing section',
    readme: WHOLE.replace('## Messages', ''),
    complaint: 'has "Delivery" where "Messages" is expected',
  },
  {
    name: 'complains of an end that comes early',
    readme: WHOLE.replace(/## Troubleshooting.*/s, ''),
    complaint: 'ends before "Troubleshooting"',
  },
  {
    name: 'complains of a section too many',
    readme: `${WHOLE}\n## License\n`,
    complaint: 'has "License" where "the end" is expected',
  },
];
for (const { name, readme, complaint } of samples) {
  test(name, () => {
    const index = { path: 'src/plugins/x/index.ts', text: '' };
    const files = readme === undefined ? [index] : [index, { path: 'src/plugins/x/README.md', text: readme }];
    assert.equal(haveSections(files)[0]?.what, complaint);
  });
}

/** Folders that hold an index.ts: plugins that can be loaded. */
function pluginFolders(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path }) => /^(src\/plugins\/[^/]+\/)index\.ts$/.exec(path)?.[1] ?? []);
}

function sectionsOf({ text }: SourceFile): readonly { line: number; title: string }[] {
  const prose = text.replace(/^```.*?^```/gms, (sample) => sample.replace(/[^\n]/g, ' '));
  return [...prose.matchAll(/^## +(.+?) *$/gm)].map((match) => ({
    line: lineOf(prose, match.index),
    title: match[1] ?? '',
  }));
}
