/** What validate.ts and its parts answer with. It goes to the core, which adds the sink's own place to the path. */

/** Something to mend, at a key of the sink. */
export interface SinkFault {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}
