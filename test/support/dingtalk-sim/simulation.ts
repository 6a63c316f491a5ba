/**
 * The simulated DingTalk without its sockets: takes a call, gives the reply, and keeps all that tests want to know of it. Joins the
 * pure parts in the order of a call: rate, fault, judgement, id, record, reply.
 */
import { errcodeOf, type Fault, isPlainRefusal, robotSees } from './fault.ts';
import { createFaultPlan, type FaultPlan } from './fault-plan.ts';
import { createJournal } from './journal.ts';
import { type Call, isRefusal, judge } from './judge.ts';
import type { RobotMessage } from './message.ts';
import { countCall, isMonthUsedUp, NO_CALLS } from './month-quota.ts';
import type { RateVerdict } from './rate.ts';
import type { CallResult, RobotMessages, ShownMessage, SimRequest, SimState, Violation } from './records.ts';
import { type Answer, answerOf, OK, type Refusal } from './refusal.ts';
import { type Reply, replyOf } from './reply.ts';
import type { SimRobot } from './robot.ts';
import { createRobotMemory, type RobotMemory } from './robot-memory.ts';
import type { SimSettings } from './settings.ts';

/** The simulator's doings, for the server and for tests in the same process. */
export interface Simulation {
  /** Takes a call that has arrived whole; what it returns must then be played on the socket. */
  receive(call: Call): Reply;
  /** What the groups saw, in the order of arrival; one group, if its robot's name is given. */
  messages(robot?: string): readonly ShownMessage[];
  /** The same for each robot, in the order of the robots; robots that are gone come last. */
  groups(): readonly RobotMessages[];
  /** Every call, in the order of arrival. */
  requests(): readonly SimRequest[];
  /** Every call that a correct sender would not have made. */
  violations(): readonly Violation[];
  state(): SimState;
  /** Replaces the list. A robot whose token stays keeps its minute, its block and its ids. */
  replaceRobots(robots: readonly SimRobot[]): void;
  /** The faults of the calls to come. */
  readonly faults: FaultPlan;
  /** Forgets all that happened: records, minutes, blocks, ids and the month. Robots, settings and faults stay. */
  forget(): void;
}

/** What a simulation is built from. */
export interface SimulationParts {
  readonly settings: SimSettings;
  readonly robots: readonly SimRobot[];
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** A call on its way, with the robot it is for. */
interface Step {
  readonly call: Call;
  readonly at: number;
  readonly robot: SimRobot | undefined;
  readonly memory: RobotMemory | undefined;
  readonly fault: Fault | undefined;
}

/** What became of it. */
interface Ruling {
  readonly answer: Answer;
  readonly result: CallResult;
}

const THROTTLE_CODES: readonly (number | null)[] = [130101, 410100];

/** A simulation that nobody has called yet. */
export function createSimulation({ settings, robots: firstRobots, now }: SimulationParts): Simulation {
  const faults = createFaultPlan();
  const journal = createJournal();
  let robots = firstRobots;
  let memories = new Map<string, RobotMemory>();
  let month = NO_CALLS;

  return {
    receive(call) {
      const step = stepOf(call);
      const rate = step.memory?.meetRate(step.at) ?? 'free';
      noteViolations(step, rate);
      const ruling = isSeen(step.fault) ? ruleSeen(step, rate) : ruleUnseen(step);
      if (settings.countRefused || ruling.result !== 'refused') step.memory?.countStart(step.at);
      return record(step, ruling);
    },
    messages: (name) => journal.messages().filter(({ robot }) => name === undefined || robot === name),
    groups: () => journal.groups(robots.map(({ name }) => name)),
    requests: journal.requests,
    violations: journal.violations,
    state,
    replaceRobots(list) {
      robots = list;
    },
    faults,
    forget() {
      memories = new Map();
      month = NO_CALLS;
      journal.forget();
    },
  };

  function stepOf(call: Call): Step {
    const robot = robots.find((known) => known.token === call.query.get('access_token'));
    const fault = faults.next(robot?.name ?? null, JSON.stringify(call.body.content));
    return { call, at: now(), robot, memory: robot && memoryOf(robot), fault };
  }

  function memoryOf({ token }: SimRobot): RobotMemory {
    const memory = memories.get(token) ?? createRobotMemory(settings);
    memories.set(token, memory);
    return memory;
  }

  function noteViolations({ call, at, robot, memory }: Step, rate: RateVerdict): void {
    if (robot === undefined) return;
    const { msgUuid = null, hash } = call.body;
    const note = (kind: Violation['kind']) => journal.blame({ at, robot: robot.name, kind, msgUuid });
    if (rate !== 'free') note(rate === 'in_block' ? 'sent_during_block' : 'rate_exceeded');
    if (msgUuid !== null && memory?.isOtherMessage(msgUuid, hash)) note('uuid_with_other_message');
  }

  function ruleSeen(step: Step, rate: RateVerdict): Ruling {
    const judged = judge(step.call, { robot: step.robot, limit: limitOf(rate, step.at), now: step.at });
    if (step.robot !== undefined && rate === 'free') month = countCall(month, step.at);
    const result = isRefusal(judged) ? 'refused' : showOnce(step, judged);
    const open = step.fault !== undefined && !isPlainRefusal(step.fault);
    noteUuid(step, fateOf(result), open);
    return { result, answer: isRefusal(judged) ? answerOf(judged, settings.wording) : OK };
  }

  function ruleUnseen(step: Step): Ruling {
    const plain = step.fault !== undefined && isPlainRefusal(step.fault);
    const errcode = step.fault === undefined ? null : errcodeOf(step.fault);
    noteUuid(step, plain && errcode !== null ? 'refused' : 'unseen', !plain);
    if (step.fault?.kind === 'errcode' && THROTTLE_CODES.includes(errcode)) step.memory?.beginBlock(step.at);
    return { result: plain ? 'refused' : 'unseen', answer: OK };
  }

  function limitOf(rate: RateVerdict, at: number): Refusal | undefined {
    if (rate !== 'free') return { errcode: settings.throttleErrcode };
    return isMonthUsedUp(month, at, settings.monthQuota) ? { errcode: 90030 } : undefined;
  }

  function showOnce({ call, at, robot, memory }: Step, message: RobotMessage): CallResult {
    const { msgUuid } = call.body;
    const known = msgUuid === undefined ? 'new' : memory?.recallUuid(msgUuid, at);
    if (known === 'already_shown') return 'duplicate';
    if (known === 'used_up') return 'swallowed';
    journal.show({
      ...message,
      robot: robot?.name ?? '',
      shownAt: at,
      msgUuid: msgUuid ?? null,
      bytes: call.bytes,
    });
    return 'shown';
  }

  function noteUuid({ call, at, memory }: Step, fate: ReturnType<typeof fateOf>, open: boolean): void {
    const { msgUuid, hash } = call.body;
    if (msgUuid !== undefined) memory?.useUuid(msgUuid, { fate, open, bodyHash: hash, now: at });
  }

  function record({ call, at, robot, fault }: Step, { answer, result }: Ruling): Reply {
    const reply = replyOf(answer, fault, settings.wording);
    journal.note({
      at,
      robot: robot?.name ?? null,
      method: call.method,
      msgUuid: call.body.msgUuid ?? null,
      bytes: call.bytes,
      result,
      shown: result === 'shown',
      httpStatus: reply.status,
      errcode: reply.errcode,
      fault: fault?.kind ?? null,
    });
    return reply;
  }

  function state(): SimState {
    const at = now();
    return {
      now: at,
      settings,
      robots: robots.map((robot) => ({
        name: robot.name,
        state: robot.state ?? 'active',
        ...memoryOf(robot).status(at),
      })),
      counts: journal.counts(),
      monthCalls: month.count,
      waitingFaults: faults.waiting(),
    };
  }
}

function isSeen(fault: Fault | undefined): boolean {
  return fault === undefined || robotSees(fault);
}

function fateOf(result: CallResult): 'shown' | 'refused' | 'unseen' {
  return result === 'shown' || result === 'refused' ? result : 'unseen';
}
