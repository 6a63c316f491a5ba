/**
 * What people are told, read from a group's messages as a person would: which alert in which state, for whom, how late. Pure. For
 * alerts as webhook.ts makes them, whose description names them.
 */
import type { ShownMessage } from './dingtalk-sim/records.ts';

/** One alert in one state, told once. */
export interface Told {
  readonly name: string;
  readonly status: 'firing' | 'resolved' | 'fired and cleared';
  /** The sink in whose place it is told; absent for the group's own. */
  readonly insteadOf?: string;
  /** What the message says of its lateness, without brackets: `delivered 12 min late: …`; empty if nothing. */
  readonly late: string;
  readonly message: ShownMessage;
}

/** All that these messages tell, in the order in which they were shown, and as it stands in each. */
export function toldIn(messages: readonly ShownMessage[]): readonly Told[] {
  return messages.toSorted((a, b) => a.shownAt - b.shownAt).flatMap(readOne);
}

/** The names of the alerts, in the order of the alphabet, as often as each is told. */
export function namesOf(told: readonly Told[]): readonly string[] {
  return told.map(({ name }) => name).sort();
}

const LINE = /\b(firing|resolved|fired and cleared)\b.*\bdescription of (\w+)/;
/** Round brackets in a digest, where square ones would begin a link. */
const STAND_IN = /[[(]for ([\w-]+), which cannot deliver this[\])]/;
const LATE = /(?:some )?delivered [^()\n]*late(?:: [^()\n]+| \([^()\n]+\))?/;

function readOne(message: ShownMessage): readonly Told[] {
  const lines = message.text.split('\n');
  const [head = ''] = lines;
  return lines.flatMap((line) => {
    const [, status, name] = LINE.exec(line) ?? [];
    if (name === undefined) return [];
    // What is true of all that a digest tells stands in its head.
    const insteadOf = STAND_IN.exec(line)?.[1] ?? STAND_IN.exec(head)?.[1];
    const late = LATE.exec(line)?.[0] ?? LATE.exec(head)?.[0] ?? '';
    // The pattern knows no other words.
    return [
      {
        name,
        status: status as Told['status'],
        late,
        message,
        ...(insteadOf === undefined ? {} : { insteadOf }),
      },
    ];
  });
}
