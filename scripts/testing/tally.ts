/**
 * Adds up what the groups came to, and says it in the form that people and CI look for.
 */

/** How one test ended. */
export type Result =
  | { readonly kind: 'passed' | 'failed'; readonly name: string; readonly file: string }
  /** `reason` is empty if the test gives none. */
  | { readonly kind: 'skipped'; readonly name: string; readonly file: string; readonly reason: string };

/** One step of the run: a check, or a group of tests. */
export interface Step {
  readonly name: string;
  readonly results: readonly Result[];
  /** What went wrong beside failed tests (a time-out, a leftover, a type error), a line each; empty if nothing did. */
  readonly troubles: readonly string[];
  readonly tookMs: number;
}

/** True if nothing of it failed. */
export function isGood(step: Step): boolean {
  return failedCount(step) === 0;
}

/** A table of the steps, their troubles, and last, alone on its line, `N passed, N failed[, N skipped]`. */
export function renderSummary(steps: readonly Step[]): string {
  const width = Math.max(0, ...steps.map((step) => step.name.length));
  const lines = steps.flatMap((step) => [
    `${isGood(step) ? '✔' : '✖'} ${step.name.padEnd(width)}  ${outcomeOf(step)}  (${(step.tookMs / 1_000).toFixed(1)} s)`,
    ...step.troubles.map((trouble) => `    ${trouble}`),
  ]);
  return ['', ...lines, '', counts(steps)].join('\n');
}

/** A trouble for each skipped test that does not say why. */
export function unexplainedSkips(results: readonly Result[]): readonly string[] {
  return results
    .filter((result) => result.kind === 'skipped' && result.reason === '')
    .map(({ name, file }) => `skipped without a reason: "${name}" in ${file}: give one, { skip: 'why' }`);
}

/** Checks count nothing: they are good or not. */
function outcomeOf(step: Step): string {
  if (step.results.length > 0) return counts([step]);
  return isGood(step) ? 'ok' : 'failed';
}

function counts(steps: readonly Step[]): string {
  const results = steps.flatMap((step) => step.results);
  const count = (kind: Result['kind']) => results.filter((result) => result.kind === kind).length;
  const failed = steps.reduce((sum, step) => sum + failedCount(step), 0);
  const skipped = count('skipped');
  return `${count('passed')} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** Failed tests; a step in trouble counts as one failure even if every test of it passed. */
function failedCount(step: Step): number {
  const failed = step.results.filter((result) => result.kind === 'failed').length;
  return failed === 0 && step.troubles.length > 0 ? 1 : failed;
}
