/**
 * Answers that say no: one JSON line that Alertmanager logs and a person reads. Alertmanager retries 5xx and nothing else, so
 * 4xx is for requests that can never succeed as they are, and our own trouble is always 5xx.
 */
import type { Context, Next } from 'koa';
import { type Fault, NotifierdError, PayloadError, UnavailableError } from '../errors.ts';
import type { Log } from '../plugin/contract.ts';

/** The problems that the HTTP edge itself finds, with their statuses. Codes of the payload and the outbox come from there. */
export const PROBLEM_STATUS = {
  unauthorized: 401,
  unknown_path: 404,
  unknown_sink: 404,
  source_too_long: 404,
  method_not_allowed: 405,
  internal: 500,
} as const;

/** A code of PROBLEM_STATUS. */
export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** A request that is answered with the status of its code. */
export class HttpProblem extends NotifierdError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = PROBLEM_STATUS[code];
    this.headers = headers;
  }
}

/** What is answered: the status, headers beside the usual ones, and the body before it becomes JSON. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly code: string; readonly message: string; readonly faults: readonly Fault[] };
}

/** A middleware that turns whatever the next ones throw into an answer. Logs what nobody foresaw, and refusals when they change. */
export function createProblemAnswerer(log: Log): (ctx: Context, next: Next) => Promise<void> {
  let lastRefusal = '';
  return async function answerProblems(ctx, next) {
    try {
      await next();
    } catch (error) {
      const problem = toProblem(error);
      answerProblem(ctx, problem);
      report(ctx, problem, error);
    }
  };

  function report(ctx: Context, { status, body }: Problem, error: unknown): void {
    const { code, message, faults } = body;
    if (code === 'internal') {
      log.error('request failed', { method: ctx.method, path: ctx.path, error });
      return;
    }
    const refusal = JSON.stringify([ctx.path, code, message]);
    // Alertmanager sends a refused webhook again and again: the first is news, its copies are not.
    const level = refusal === lastRefusal ? 'debug' : 'warn';
    lastRefusal = refusal;
    log[level]('request refused', {
      status,
      code,
      method: ctx.method,
      path: ctx.path,
      message,
      fault: faults[0]?.path,
    });
  }
}

/** The answer for an error. One that is not ours becomes a 500 that tells nothing of it. */
export function toProblem(error: unknown): Problem {
  if (error instanceof HttpProblem) return problemOf(error.status, error, error.headers);
  if (error instanceof PayloadError) return problemOf(error.httpStatus, error);
  if (error instanceof UnavailableError) return problemOf(503, error, { 'Retry-After': '5' });
  const body = { code: 'internal', message: 'notifierd failed; its log says why', faults: [] };
  return { status: PROBLEM_STATUS.internal, headers: {}, body };
}

function problemOf(status: number, error: NotifierdError, headers: Problem['headers'] = {}): Problem {
  const faults = error instanceof PayloadError ? error.faults : [];
  return { status, headers, body: { code: error.code, message: error.message, faults } };
}

function answerProblem(ctx: Context, { status, headers, body }: Problem): void {
  ctx.status = status;
  ctx.set({ ...headers });
  ctx.type = 'application/json';
  ctx.body = JSON.stringify(body);
}
