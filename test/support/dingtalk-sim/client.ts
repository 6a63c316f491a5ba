/**
 * Controls and reads a simulator that runs as another process, over HTTP, by the names that DingTalkSim has for tests in its
 * own process.
 */
import type { FaultOrder, RandomFaults } from './fault-plan.ts';
import type { RobotMessages, ShownMessage, SimRequest, SimState, Violation } from './records.ts';
import type { SimRobot } from './robot.ts';

/** A simulator elsewhere. Every call rejects if it cannot be reached or does not accept what it is given. */
export interface SimClient {
  /** What the groups saw, robot by robot; one group, if its robot's name is given. */
  messages(robot?: string): Promise<readonly ShownMessage[]>;
  requests(): Promise<readonly SimRequest[]>;
  violations(): Promise<readonly Violation[]>;
  state(): Promise<SimState>;
  replaceRobots(robots: readonly SimRobot[]): Promise<void>;
  /** Adds faults for the next calls. */
  orderFaults(orders: readonly FaultOrder[]): Promise<void>;
  /** Replaces the faults by chance; null ends them. */
  randomizeFaults(random: RandomFaults | null): Promise<void>;
  /** Forgets ordered faults that no call has met yet. */
  clearFaults(): Promise<void>;
  /** Forgets all that happened: records, minutes, blocks, ids and the month. */
  forget(): Promise<void>;
}

/** A client for the simulator at this address, with or without a slash at its end. */
export function createSimClient(url: string): SimClient {
  const ask = createAsk(url);
  // What the simulator answers is typed by records.ts, which both sides share: hence `as` below.
  return {
    async messages(robot) {
      const { robots } = (await ask('GET', '/messages')) as { robots: readonly RobotMessages[] };
      return robots
        .filter(({ name }) => robot === undefined || name === robot)
        .flatMap(({ messages }) => messages);
    },
    async requests() {
      return ((await ask('GET', '/requests')) as { requests: readonly SimRequest[] }).requests;
    },
    async violations() {
      return ((await ask('GET', '/violations')) as { violations: readonly Violation[] }).violations;
    },
    state: async () => (await ask('GET', '/sim/state')) as SimState,
    replaceRobots: async (robots) => void (await ask('POST', '/sim/robots', robots)),
    orderFaults: async (next) => void (await ask('POST', '/sim/faults', { next })),
    randomizeFaults: async (random) => void (await ask('POST', '/sim/faults', { random })),
    clearFaults: async () => void (await ask('POST', '/sim/faults', { clear: true })),
    forget: async () => void (await ask('DELETE', '/sim/messages')),
  };
}

function createAsk(url: string): (method: string, path: string, body?: unknown) => Promise<unknown> {
  const base = url.replace(/\/$/, '');
  return async (method, path, body) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      // Under a fast clock the simulator soon ends an idle connection, and a call that meets that fails.
      headers: { connection: 'close' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${method} ${path}: the simulator answered ${answer.status} ${text.trim()}`);
    return JSON.parse(text);
  };
}
