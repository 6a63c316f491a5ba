/** A sink's fallback: who is told in its place, and when. */
import type { Severity } from '../event/severity.ts';

/** What a sink's configuration says of its fallback. */
export interface Fallback {
  /** The name of another enabled sink. */
  readonly sink: string;
  /** How long the sink must have been unable to deliver. */
  readonly afterMs: number;
  /** Which events go there. */
  readonly severities: readonly Severity[];
  /** What the fallback has told is delivered by the sink as well, once it can. */
  readonly tellTwice: boolean;
}
