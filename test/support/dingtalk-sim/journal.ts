/**
 * The simulator's journal: every call, what the groups saw of it and what should not have been sent, in the order of arrival. Keeps
 * everything in memory until it is told to forget.
 */
import type { CallResult, RobotMessages, ShownMessage, SimRequest, SimState, Violation } from './records.ts';

/** Records and their readers. What is returned is a copy. */
export interface Journal {
  /** A message appeared in a group. */
  show(message: ShownMessage): void;
  /** A call was ruled on. */
  note(request: SimRequest): void;
  /** A call was made that a correct sender would not have made. */
  blame(violation: Violation): void;
  /** Every message that was shown. */
  messages(): readonly ShownMessage[];
  /** The messages of each named robot, in the order of the names, then those of other robots. */
  groups(names: readonly string[]): readonly RobotMessages[];
  requests(): readonly SimRequest[];
  violations(): readonly Violation[];
  counts(): SimState['counts'];
  forget(): void;
}

/** An empty journal. */
export function createJournal(): Journal {
  let messages: ShownMessage[] = [];
  let requests: SimRequest[] = [];
  let violations: Violation[] = [];
  const countOf = (result: CallResult): number =>
    requests.filter((request) => request.result === result).length;
  return {
    show: (message) => void messages.push(message),
    note: (request) => void requests.push(request),
    blame: (violation) => void violations.push(violation),
    messages: () => [...messages],
    groups(names) {
      const all = new Set([...names, ...messages.map((message) => message.robot)]);
      return [...all].map((name) => ({ name, messages: messages.filter(({ robot }) => robot === name) }));
    },
    requests: () => [...requests],
    violations: () => [...violations],
    counts: () => ({
      shown: countOf('shown'),
      duplicate: countOf('duplicate'),
      swallowed: countOf('swallowed'),
      refused: countOf('refused'),
      unseen: countOf('unseen'),
      violations: violations.length,
    }),
    forget() {
      messages = [];
      requests = [];
      violations = [];
    },
  };
}
