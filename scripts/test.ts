/**
 * `npm test`: everything that must hold before a change is merged, here and in CI. Makes sure of the programs that the tests
 * need, checks types and lint, runs the groups of tests one after the other, and closes with a summary. Exit code 0 if all is
 * well, 1 if not, 2 for arguments that it does not understand.
 */
import { fileURLToPath } from 'node:url';
import { ensurePrograms } from './packages.ts';
import { parseTestArguments, type TestArguments, USAGE } from './testing/arguments.ts';
import { runChecks } from './testing/checks.ts';
import { runGroup } from './testing/run-group.ts';
import { isGood, renderSummary, type Step } from './testing/tally.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = readArguments(args);
  if (wanted === undefined) return 2;
  if (wanted.help) {
    console.log(USAGE);
    return 0;
  }
  const needed = new Set(wanted.groups.flatMap((group) => group.needs));
  if (!ensurePrograms([...needed])) return 1;

  const steps = await runAll(wanted);
  console.log(renderSummary(steps));
  return steps.every(isGood) ? 0 : 1;
}

function readArguments(args: readonly string[]): TestArguments | undefined {
  try {
    return parseTestArguments(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return undefined;
  }
}

/** Every step, even after one has failed: a newcomer should see all that is wrong at once. */
async function runAll({ groups, withChecks, node }: TestArguments): Promise<readonly Step[]> {
  const steps: Step[] = withChecks ? [...(await runChecks(node))] : [];
  for (const group of groups) {
    console.log(`\n── ${group.name} ──`);
    steps.push(await runGroup(group, { node, ci: isCi() }));
  }
  return steps;
}

/** CI systems set CI to true or 1. */
function isCi(): boolean {
  return !['', '0', 'false'].includes(process.env.CI ?? '');
}
