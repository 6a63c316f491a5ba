/**
 * A simulated robot as it is configured: its name for people, its credential, its security settings and the state an
 * administrator has put it in. What it has seen and counted stands in the simulation, not here.
 */
import { BlockList, isIPv4 } from 'node:net';
import { expected, InputError, listAt, objectAt, textAt, wordAt } from './input.ts';

/** What an administrator can have done to a robot or its group. */
export const ROBOT_STATES = ['active', 'disabled', 'removed', 'disbanded'] as const;

/** One of them. */
export type RobotState = (typeof ROBOT_STATES)[number];

/** A custom robot of a group. All security settings that are given must be met. */
export interface SimRobot {
  /** Shown in place of the token wherever people look. Unique. */
  readonly name: string;
  /** The access_token of its webhook address. Unique. */
  readonly token: string;
  /** Requires a signature made with it. */
  readonly secret?: string;
  /** At least one must occur in the title or text of a message. At most 10; empty means any message. */
  readonly keywords?: readonly string[];
  /** IPv4 addresses and CIDR blocks that may send. Empty means any. */
  readonly allowedIps?: readonly string[];
  /** Default `active`. */
  readonly state?: RobotState;
}

const FIELDS = ['name', 'token', 'secret', 'keywords', 'allowedIps', 'state'];
const MOST_KEYWORDS = 10;

/** Reads a list of robots from JSON; throws an InputError for the first fault. */
export function parseRobots(value: unknown, where = 'robots'): readonly SimRobot[] {
  const robots = listAt(value, where).map((entry, index) => parseRobot(entry, `${where}[${index}]`));
  for (const key of ['name', 'token'] as const) {
    const seen = new Set(robots.map((robot) => robot[key]));
    if (seen.size < robots.length) throw new InputError(`${where}: two robots have the same ${key}`);
  }
  return robots;
}

/** True if the robot lets this address send. IPv6 never passes a list, as DingTalk's lists know IPv4 only. */
export function allowsAddress(robot: SimRobot, address: string): boolean {
  const entries = robot.allowedIps ?? [];
  if (entries.length === 0) return true;
  return isIPv4(address) && blockListOf(entries, robot.name).check(address);
}

function parseRobot(value: unknown, where: string): SimRobot {
  const entry = objectAt(value, where, FIELDS);
  const keywords = textsAt(entry.keywords, `${where}.keywords`);
  if (keywords.length > MOST_KEYWORDS) {
    throw new InputError(`${where}.keywords: expected at most ${MOST_KEYWORDS}, got ${keywords.length}`);
  }
  const allowedIps = textsAt(entry.allowedIps, `${where}.allowedIps`);
  blockListOf(allowedIps, `${where}.allowedIps`);
  return {
    name: textAt(entry.name, `${where}.name`),
    token: textAt(entry.token, `${where}.token`),
    ...(entry.secret === undefined ? {} : { secret: textAt(entry.secret, `${where}.secret`) }),
    keywords,
    allowedIps,
    state: entry.state === undefined ? 'active' : wordAt(entry.state, `${where}.state`, ROBOT_STATES),
  };
}

function textsAt(value: unknown, where: string): readonly string[] {
  return listAt(value, where).map((entry, index) => textAt(entry, `${where}[${index}]`));
}

function blockListOf(entries: readonly string[], where: string): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix = '32', ...rest] = entry.split('/');
    const valid = isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && rest.length === 0;
    if (!valid) throw expected(where, 'IPv4 addresses or CIDR blocks such as 192.0.2.0/24', entry);
    list.addSubnet(address, Number(prefix), 'ipv4');
  }
  return list;
}
