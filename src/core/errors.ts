/**
 * The errors that notifierd itself raises. Each has a stable `code` (listed in docs/errors.md), a one-line message that says
 * where, what was expected and what came, and, where a person can mend it, a hint. None of them ever carries a secret.
 */

/** One thing that is wrong in a configuration file or a posted payload. */
export interface Fault {
  /** Where: `sinks.ops.secret_file`, `alerts[3].labels.job`. Empty for the whole document. */
  readonly path: string;
  /** What was expected and what came, in one line. */
  readonly message: string;
  /** How to mend it, if that is not plain from the message. */
  readonly hint?: string;
}

/** Base of all errors with a code. The message is safe to log and to answer. */
export class NotifierdError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
  }
}

/** The configuration cannot be used. Lists every fault that was found, not only the first; exit code 1. */
export class ConfigError extends NotifierdError {
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[]) {
    super(
      'config_invalid',
      [`${file}: ${countOf(faults.length, 'fault')}`, ...faults.map(faultLine)].join('\n'),
    );
    this.faults = faults;
  }
}

/** Posted bytes that can never be accepted, however often they are sent: answered with `httpStatus`. */
export class PayloadError extends NotifierdError {
  readonly httpStatus: 400 | 413 | 415;
  readonly faults: readonly Fault[];

  constructor(
    code: string,
    message: string,
    faults: readonly Fault[] = [],
    httpStatus: 400 | 413 | 415 = 400,
  ) {
    super(code, message);
    this.httpStatus = httpStatus;
    this.faults = faults;
  }
}

/** Our own trouble, for now: answered 503, which Alertmanager tries again. */
export class UnavailableError extends NotifierdError {}

/** The lease on a lane is over: another replica may be at work on it, and nothing more is to be done under the old one. */
export class LeaseLostError extends NotifierdError {
  readonly lane: string;

  constructor(lane: string) {
    super('lease_lost', `the lease on lane ${lane} is over`);
    this.lane = lane;
  }
}

/** `a.b: message (hint)`: one fault as people read it. */
export function faultLine(fault: Fault): string {
  const where = fault.path === '' ? '' : `${fault.path}: `;
  const hint = fault.hint === undefined ? '' : ` (${fault.hint})`;
  return `  ${where}${fault.message}${hint}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
