/**
 * The checks that need no test: types and lint, as `npm run check` has them.
 */
import { runInGroup } from './processes-of-group.ts';
import type { Step } from './tally.ts';

const CHECKS = [
  {
    name: 'types',
    script: 'node_modules/typescript/bin/tsc',
    args: ['-p', 'tsconfig.json'],
    cure: 'npm run typecheck',
  },
  { name: 'lint', script: 'node_modules/@biomejs/biome/bin/biome', args: ['check'], cure: 'npm run format' },
] as const;
const TIMEOUT_MS = 3 * 60_000;

/** Runs both with the given Node, whatever the first says. */
export async function runChecks(node: string): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const { name, script, args, cure } of CHECKS) {
    const start = performance.now();
    const { code, timedOut } = await runInGroup(node, [script, ...args], { timeoutMs: TIMEOUT_MS });
    const troubles = timedOut
      ? [`${script} did not end within ${TIMEOUT_MS / 60_000} min`]
      : [`exit code ${code}, see above; again with: ${cure}`];
    const good = code === 0 && !timedOut;
    steps.push({ name, results: [], troubles: good ? [] : troubles, tookMs: performance.now() - start });
  }
  return steps;
}
