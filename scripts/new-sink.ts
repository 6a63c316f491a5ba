/**
 * `npm run new-sink -- NAME`: a new plugin to begin with, in src/plugins/NAME. It works at once, as the console does, and passes the
 * plugin suite; from there on each step keeps it so.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { copyTemplate } from './new-sink/copy-template.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
process.exitCode = main(process.argv.slice(2));

function main([name, ...more]: readonly string[]): number {
  if (name === undefined || name.startsWith('-') || more.length > 0) {
    console.error('Usage: npm run new-sink -- NAME   (for example: npm run new-sink -- slack)');
    return 2;
  }
  try {
    const folder = copyTemplate({ pluginsDir: 'src/plugins', name });
    // Imports are sorted by name, and the names are new.
    spawnSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', folder]);
    console.log(nextSteps(folder, name));
    return 0;
  } catch (error) {
    console.error(`new-sink: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function nextSteps(folder: string, name: string): string {
  return [
    `${folder} is a plugin that works: so far it does what the console does.`,
    '',
    'Next, in this order (docs/writing-a-plugin.md says more):',
    "  1. README.md         what it sends, its keys, what is retried, links to the vendor's pages with their dates",
    '  2. config.ts         its keys; whatever is a credential is `sensitive`, a token or a password; index.ts: validate(), if keys can contradict each other',
    '  3. compose.ts        events to messages, within the size that the vendor takes; golden messages into testdata/',
    "  4. outcome.ts        the vendor's answers to outcomes, as a table with links",
    "  5. in place of writer.ts, one request through host.http; sink.ts: the vendor's limits",
    "  6. testdata/conformance.json   what the suite cannot guess of it (keys with a form of their own, the vendor's largest body)",
    '',
    'Try it at any time:',
    '  npm test -- --only contract',
    `  node --test 'src/plugins/${name}/**/*.test.ts'`,
  ].join('\n');
}
