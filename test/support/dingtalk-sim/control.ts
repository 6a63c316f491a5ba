/**
 * What the simulator answers besides /robot/send: what the groups saw, what was called, and the control of robots and faults. One table
 * of paths; every answer but the page is JSON, and a request that cannot be used is answered 400 with the reason.
 */
import type { ServerResponse } from 'node:http';
import { parseFaultOrders, parseRandomFaults } from './fault-plan.ts';
import { expected, InputError, objectAt } from './input.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';
import { parseRobots } from './robot.ts';
import type { Simulation } from './simulation.ts';

/** A request that is not for a robot. */
export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

/** Answers it. Never throws for what a client sent. */
export function answerControl(
  request: ControlRequest,
  response: ServerResponse,
  simulation: Simulation,
): void {
  if (request.path === '/' && request.method === 'GET') {
    response.writeHead(200, PAGE_HEADERS).end(renderPage(simulation.groups(), simulation.state()));
    return;
  }
  const { status, content, headers = {} } = controlAnswer(request, simulation);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(`${JSON.stringify(content, null, 2)}\n`);
}

interface ControlAnswer {
  readonly status: number;
  readonly content: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Act = (simulation: Simulation, body: Buffer) => unknown;

const PATHS: Readonly<Record<string, Readonly<Record<string, Act>>>> = {
  '/': {},
  '/messages': { GET: (simulation) => ({ robots: simulation.groups() }) },
  '/requests': { GET: (simulation) => ({ requests: simulation.requests() }) },
  '/violations': { GET: (simulation) => ({ violations: simulation.violations() }) },
  '/sim/state': { GET: (simulation) => simulation.state() },
  '/sim/robots': { POST: (simulation, body) => simulation.replaceRobots(parseRobots(jsonOf(body))) },
  '/sim/faults': { POST: changeFaults },
  '/sim/messages': { DELETE: (simulation) => simulation.forget() },
};

function controlAnswer({ method, path, body }: ControlRequest, simulation: Simulation): ControlAnswer {
  const acts = PATHS[path];
  if (acts === undefined)
    return { status: 404, content: { error: `no ${path} here`, known: Object.keys(PATHS) } };
  const act = acts[method];
  if (act === undefined) return methodNotAllowed(path === '/' ? ['GET'] : Object.keys(acts));
  try {
    return { status: 200, content: act(simulation, body) ?? { ok: true } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { status: 400, content: { error: error.message } };
  }
}

function methodNotAllowed(methods: readonly string[]): ControlAnswer {
  const allow = methods.join(', ');
  return { status: 405, content: { error: `only ${allow} here` }, headers: { allow } };
}

/** All three fields are optional; they take effect in the order clear, next, random. Nothing changes if one cannot be read. */
function changeFaults(simulation: Simulation, body: Buffer): void {
  const { clear = false, next, random } = objectAt(jsonOf(body), 'faults', ['clear', 'next', 'random']);
  if (typeof clear !== 'boolean') throw expected('faults.clear', 'true or false', clear);
  const orders = parseFaultOrders(next);
  const byChance = random === undefined || random === null ? random : parseRandomFaults(random);
  if (clear) simulation.faults.clear();
  simulation.faults.order(orders);
  if (byChance !== undefined) simulation.faults.randomize(byChance);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new InputError('body: expected JSON');
  }
}
