/**
 * The groups of tests, from quick to slow: where their files are, how they run, and what they need on the machine.
 *
 * `shared` groups run all files in one process: with one process a file, 40 small files took ten times as long. Groups whose
 * tests start real servers run one process a file, so that a file that is stuck harms nobody else; some at a time, because such
 * tests wait more than they work (measured on two cores: integration and e2e took 200 and 219 s two at a time, 150 and 151 s three).
 */
import { REQUIREMENTS, type Requirement } from '../../test/support/programs.ts';

/** A set of test files that run under the same rules. */
export interface Group {
  readonly name: string;
  /** Globs from the repository's root. */
  readonly files: readonly string[];
  readonly processes: 'shared' | 'one_a_file';
  /** Longest a single test may take that does not say otherwise. */
  readonly testTimeoutMs: number;
  /** Longest the whole group may take. */
  readonly timeoutMs: number;
  /** Of those with one process a file; 2 unless told. */
  readonly filesAtOnce?: number;
  readonly needs: readonly Requirement[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ALL_PROGRAMS = Object.values(REQUIREMENTS);

/** In the order in which they run. */
export const GROUPS: readonly Group[] = [
  {
    name: 'house',
    files: ['test/house/**/*.test.ts'],
    processes: 'shared',
    testTimeoutMs: 30 * SECOND,
    timeoutMs: 2 * MINUTE,
    needs: [],
  },
  {
    name: 'unit',
    files: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    processes: 'shared',
    testTimeoutMs: 30 * SECOND,
    timeoutMs: 4 * MINUTE,
    needs: [],
  },
  {
    name: 'contract',
    files: ['test/contract/**/*.test.ts'],
    processes: 'one_a_file',
    testTimeoutMs: 30 * SECOND,
    timeoutMs: 6 * MINUTE,
    needs: [],
  },
  {
    name: 'integration',
    files: ['test/integration/**/*.test.ts', 'test/support/**/*.test.ts'],
    processes: 'one_a_file',
    filesAtOnce: 3,
    testTimeoutMs: 2 * MINUTE,
    timeoutMs: 6 * MINUTE,
    needs: ALL_PROGRAMS,
  },
  {
    name: 'e2e',
    files: ['test/e2e/**/*.test.ts'],
    processes: 'one_a_file',
    filesAtOnce: 3,
    testTimeoutMs: 4 * MINUTE,
    timeoutMs: 8 * MINUTE,
    needs: ALL_PROGRAMS,
  },
  {
    name: 'long',
    files: ['test/long/**/*.test.ts'],
    processes: 'one_a_file',
    testTimeoutMs: 120 * MINUTE,
    timeoutMs: 240 * MINUTE,
    // Figures are measured: nothing else may run meanwhile.
    filesAtOnce: 1,
    needs: ALL_PROGRAMS,
  },
];
