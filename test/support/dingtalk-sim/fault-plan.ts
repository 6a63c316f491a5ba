/**
 * Which fault, if any, meets the next call: first those that were ordered for the next calls, in their order, then one drawn by
 * probability from a seeded sequence, so that a run can be repeated.
 */
import { type Fault, parseFault } from './fault.ts';
import { InputError, listAt, numberAt, objectAt, textAt } from './input.ts';

/** A fault for the next calls. */
export type FaultOrder = Fault & {
  /** How many calls meet it. Default 1. */
  readonly times?: number;
  /** The name of the only robot whose calls meet it. Default any call, that of an unknown token too. */
  readonly robot?: string;
  /** Only calls whose body holds this text meet it. Default any. */
  readonly containing?: string;
};

/** Faults by chance. */
export interface RandomFaults {
  /** The same seed gives the same sequence. */
  readonly seed: number;
  /** Each with its probability, 0 to 1; together at most 1. */
  readonly faults: readonly (Fault & { readonly probability: number })[];
}

/** Where the faults of the next calls come from. */
export interface FaultPlan {
  /** The fault of the call that arrives now, for this robot (null for an unknown token) with this body. Uses up an order or a draw. */
  next(robot: string | null, body?: string): Fault | undefined;
  /** Adds orders behind those that still wait. */
  order(orders: readonly FaultOrder[]): void;
  /** Replaces the faults by chance; null ends them. */
  randomize(random: RandomFaults | null): void;
  /** Forgets the orders that still wait. */
  clear(): void;
  /** The orders that still wait, with how often each will yet come. */
  waiting(): readonly FaultOrder[];
}

/** A plan without any fault. */
export function createFaultPlan(): FaultPlan {
  let orders: readonly (FaultOrder & { readonly times: number })[] = [];
  let draw: () => Fault | undefined = () => undefined;
  return {
    next(robot, body = '') {
      const found = orders.find(
        (order) =>
          (order.robot === undefined || order.robot === robot) && body.includes(order.containing ?? ''),
      );
      if (found === undefined) return draw();
      orders = orders.flatMap((order) => (order === found ? oneLess(order) : [order]));
      return found;
    },
    order(more) {
      orders = [...orders, ...more.map((order) => ({ ...order, times: order.times ?? 1 }))];
    },
    randomize(random) {
      draw = random === null ? () => undefined : createDraw(random);
    },
    clear() {
      orders = [];
    },
    waiting: () => orders,
  };
}

/** Reads orders from JSON; throws an InputError for the first fault. */
export function parseFaultOrders(value: unknown, where = 'next'): readonly FaultOrder[] {
  return listAt(value, where).map((entry, index) => parseFaultOrder(entry, `${where}[${index}]`));
}

/** Reads faults by chance from JSON; throws an InputError for the first fault. */
export function parseRandomFaults(value: unknown, where = 'random'): RandomFaults {
  const random = objectAt(value, where, ['seed', 'faults']);
  const faults = listAt(random.faults, `${where}.faults`).map((entry, index) =>
    parseRandomFault(entry, `${where}.faults[${index}]`),
  );
  const sum = faults.reduce((total, fault) => total + fault.probability, 0);
  if (sum > 1)
    throw new InputError(`${where}.faults: expected probabilities that add up to at most 1, got ${sum}`);
  return { seed: numberAt(random.seed, `${where}.seed`, 0), faults };
}

function parseFaultOrder(value: unknown, where: string): FaultOrder {
  const fault = parseFault(value, where, ['times', 'robot', 'containing']);
  const { times, robot, containing } = objectAt(value, where);
  return {
    ...fault,
    ...(times === undefined ? {} : { times: numberAt(times, `${where}.times`, 1) }),
    ...(robot === undefined ? {} : { robot: textAt(robot, `${where}.robot`) }),
    ...(containing === undefined ? {} : { containing: textAt(containing, `${where}.containing`) }),
  };
}

function parseRandomFault(value: unknown, where: string): RandomFaults['faults'][number] {
  const fault = parseFault(value, where, ['probability']);
  const { probability } = objectAt(value, where);
  return { ...fault, probability: numberAt(probability, `${where}.probability`, 0) };
}

function oneLess<Order extends FaultOrder & { readonly times: number }>(order: Order): readonly Order[] {
  return order.times > 1 ? [{ ...order, times: order.times - 1 }] : [];
}

function createDraw({ seed, faults }: RandomFaults): () => Fault | undefined {
  const random = createRandom(seed);
  return () => {
    let left = random();
    return faults.find((fault) => {
      left -= fault.probability;
      return left < 0;
    });
  };
}

/** Mulberry32: 32 bits of state, plenty for drawing faults. Numbers from 0 up to, not including, 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
