/** What every measure is given: the workshop, how much to do, and where to tell what it found. */
import type { Effort } from './effort.ts';
import type { Figures } from './figures.ts';
import type { Subject } from './subject.ts';
import type { Workshop } from './workshop.ts';

/** A run of the benchmark. */
export interface Bench {
  readonly workshop: Workshop;
  readonly effort: Effort;
  readonly figures: Figures;
  /** Programs that run already and are measured beside ours. */
  readonly others: readonly Subject[];
  /** Tells people what is being done. */
  say(line: string): void;
  /** Something that a reader of the report must know. Told once, however often it is said. */
  remark(line: string): void;
  /** A subject answered wrongly: the run goes on, and fails in the end. */
  wrong(line: string): void;
}

/** Measures one thing, round by round. Rejects if a subject cannot be started or breaks. */
export type Measure = (bench: Bench) => Promise<void>;
