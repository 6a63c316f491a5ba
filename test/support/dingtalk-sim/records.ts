/**
 * What the simulator records and shows to tests and people: messages as the group saw them, every call with its answer, and calls
 * that a correct sender would not have made. None of them holds a token.
 */
import type { FaultKind } from './fault.ts';
import type { FaultOrder } from './fault-plan.ts';
import type { RobotMessage } from './message.ts';
import type { RobotState } from './robot.ts';
import type { SimSettings } from './settings.ts';

/** A message that appeared in a robot's group. */
export interface ShownMessage extends RobotMessage {
  /** The robot's name. */
  readonly robot: string;
  /** Milliseconds since the Unix epoch. */
  readonly shownAt: number;
  /** The sender's idempotency key; null without one. */
  readonly msgUuid: string | null;
  /** Raw bytes of the request body. */
  readonly bytes: number;
}

/** One robot's messages, oldest first. */
export interface RobotMessages {
  readonly name: string;
  readonly messages: readonly ShownMessage[];
}

/**
 * What became of one call. `duplicate`: the message was shown before. `swallowed`: answered errcode 0, though nobody ever saw the
 * message, because a refusal had used up its id. `unseen`: a fault kept the call from the robot without a plain refusal.
 */
export type CallResult = 'shown' | 'duplicate' | 'swallowed' | 'refused' | 'unseen';

/** One call to /robot/send. */
export interface SimRequest {
  /** When it had arrived whole, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** The robot's name; null for an unknown or missing token. */
  readonly robot: string | null;
  readonly method: string;
  readonly msgUuid: string | null;
  /** Raw bytes of the body. */
  readonly bytes: number;
  readonly result: CallResult;
  /** Whether this very call made a message appear. */
  readonly shown: boolean;
  /** The HTTP status of the answer; null if there was none. */
  readonly httpStatus: number | null;
  /** The errcode that the sender could read; null if there was none to read. */
  readonly errcode: number | null;
  /** The fault it met; null without one. */
  readonly fault: FaultKind | null;
}

/**
 * A call that a correct sender does not make. `rate_exceeded`: one more than the minute holds. `sent_during_block`: inside the ten
 * minutes that follow. `uuid_with_other_message`: a msgUuid that came before with another body.
 */
export interface Violation {
  readonly at: number;
  readonly robot: string;
  readonly kind: 'rate_exceeded' | 'sent_during_block' | 'uuid_with_other_message';
  readonly msgUuid: string | null;
}

/** The simulator at a glance. */
export interface SimState {
  readonly now: number;
  readonly settings: SimSettings;
  readonly robots: readonly RobotStatus[];
  /** Calls by their result, and violations. */
  readonly counts: Readonly<Record<CallResult | 'violations', number>>;
  /** Calls counted against the monthly quota in the month of the last one. */
  readonly monthCalls: number;
  /** Ordered faults that no call has met yet. */
  readonly waitingFaults: readonly FaultOrder[];
}

/** A robot at a glance. */
export interface RobotStatus {
  readonly name: string;
  readonly state: RobotState;
  /** Attempts that count towards its running minute. */
  readonly recentStarts: number;
  /** When its block ends, in milliseconds since the Unix epoch; null if it is not blocked. */
  readonly blockedUntil: number | null;
}
