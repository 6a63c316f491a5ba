/**
 * What `npm test -- …` understands.
 */
import { parseArgs } from 'node:util';
import { GROUPS, type Group } from './groups.ts';

/** What to run, and with which Node. */
export interface TestArguments {
  readonly groups: readonly Group[];
  /** Type check and lint too: whenever everything is asked for. */
  readonly withChecks: boolean;
  /** The Node binary that runs the checks and the tests. */
  readonly node: string;
  readonly help: boolean;
}

/** Shown for --help and after a wrong argument. */
export const USAGE = `npm test [-- OPTIONS]            type check, lint, then all groups but "long"
  --only GROUP    this group alone, without the checks; may be repeated
                  groups: ${GROUPS.map((group) => group.name).join(', ')}
  --long          the group "long" too (hours)
  --node PATH     run everything with this Node binary
  --help          this text`;

/** Reads the arguments. Throws an Error with a line for people if one of them is not understood. */
export function parseTestArguments(args: readonly string[]): TestArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      long: { type: 'boolean', default: false },
      node: { type: 'string', default: process.execPath },
      help: { type: 'boolean', default: false },
    },
  });
  const named = values.only.map(groupNamed);
  const all = GROUPS.filter((group) => group.name !== 'long' || values.long);
  return {
    groups: named.length > 0 ? named : all,
    withChecks: named.length === 0,
    node: values.node,
    help: values.help,
  };
}

function groupNamed(name: string): Group {
  const group = GROUPS.find((candidate) => candidate.name === name);
  if (group !== undefined) return group;
  throw new Error(`--only ${name}: expected one of ${GROUPS.map((candidate) => candidate.name).join(', ')}`);
}
