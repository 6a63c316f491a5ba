/**
 * The simulator's command line: arguments in, options out. Reads files only through the function it is given.
 */
import { parseArgs } from 'node:util';
import { parseFaultOrders, parseRandomFaults } from './fault-plan.ts';
import { InputError, numberAt, wordAt } from './input.ts';
import { parseRobots, type SimRobot } from './robot.ts';
import type { DingTalkSimOptions } from './server.ts';
import type { SimSettings } from './settings.ts';

/** The text of --help. */
export const HELP = `A DingTalk that runs here: robots, their rules, and the group chats they write to.

  npm run dingtalk-sim -- [options]

  --port N                 port; 0 takes a free one (8061)
  --host ADDRESS           address to listen on (127.0.0.1)
  --robot FIELDS           a robot, may be repeated: name=ops,token=T,secret=SEC1,keyword=ALARM,ip=192.0.2.0/24,state=disabled
                           keyword and ip may be repeated; secret, keyword, ip and state are optional
  --robots FILE            robots as a JSON list: [{ "name", "token", "secret", "keywords", "allowedIps", "state" }]
                           without either: one robot, name=ops-group,token=demo
  --time-scale N           how many times faster a robot's minute and block pass (1)
  --starts-per-minute N    attempts that a robot takes in a minute (20)
  --no-count-refused       refused attempts do not count towards the minute
  --no-block-prolongs      attempts during the block do not begin it anew
  --throttle-errcode CODE  130101 or 410100 (130101)
  --wording WORD           error texts: older or newer (newer)
  --month-quota N          calls in a month for all robots (none)
  --uuid-memory SECONDS    how long a msgUuid is remembered (86400)
  --refused-uuid WORD      id of a refused attempt: consumed, consumed_if_all_refused or kept (consumed)
  --fault JSON             a fault for the next calls, may be repeated: {"kind":"hang_after","times":3,"robot":"ops"}
  --random-faults JSON     faults by chance: {"seed":1,"faults":[{"kind":"reset_after","probability":0.1}]}
  --help                   this text

Then: GET / (the chats), /messages, /requests, /violations, /sim/state; POST /sim/robots, /sim/faults; DELETE /sim/messages.
`;

/** Options to start with, or `help`. Throws an InputError, or parseArgs' own error, whose messages are for people. */
export function parseCli(
  args: readonly string[],
  readText: (file: string) => string,
): DingTalkSimOptions | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, allowNegative: true });
  if (values.help === true) return 'help';
  const listed = values.robots === undefined ? [] : jsonAt(readText(values.robots), '--robots');
  const named = (values.robot ?? []).map(parseRobotFields);
  const robots = [...parseRobots(listed, '--robots'), ...parseRobots(named, '--robot')];
  const faults = (values.fault ?? []).map((text) => jsonAt(text, '--fault'));
  const random = values['random-faults'];
  return {
    port: wholeAt(values.port ?? '8061', '--port', 0),
    host: values.host ?? '127.0.0.1',
    robots: robots.length === 0 ? [{ name: 'ops-group', token: 'demo' }] : parseRobots(robots, '--robot'),
    settings: settingsOf(values),
    faults: parseFaultOrders(faults, '--fault'),
    ...(random === undefined
      ? {}
      : { randomFaults: parseRandomFaults(jsonAt(random, '--random-faults'), '--random-faults') }),
  };
}

const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'string', multiple: true } as const;
const FLAG = { type: 'boolean' } as const;
const OPTIONS = {
  port: TEXT,
  host: TEXT,
  robot: TEXTS,
  robots: TEXT,
  'time-scale': TEXT,
  'starts-per-minute': TEXT,
  'count-refused': FLAG,
  'block-prolongs': FLAG,
  'throttle-errcode': TEXT,
  wording: TEXT,
  'month-quota': TEXT,
  'uuid-memory': TEXT,
  'refused-uuid': TEXT,
  fault: TEXTS,
  'random-faults': TEXT,
  help: FLAG,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function settingsOf(values: Values): Partial<SimSettings> {
  return withoutUndefined({
    timeScale: ifGiven(values['time-scale'], (text) => numberAt(Number(text), '--time-scale', 0.001)),
    startsPerMinute: ifGiven(values['starts-per-minute'], (text) => wholeAt(text, '--starts-per-minute', 0)),
    countRefused: values['count-refused'],
    blockProlongs: values['block-prolongs'],
    throttleErrcode: ifGiven(values['throttle-errcode'], (text) =>
      wordAt(text, '--throttle-errcode', ['130101', '410100']) === '130101' ? 130101 : 410100,
    ),
    wording: ifGiven(values.wording, (text) => wordAt(text, '--wording', ['older', 'newer'])),
    monthQuota: ifGiven(values['month-quota'], (text) => wholeAt(text, '--month-quota', 0)),
    uuidMemoryMs: ifGiven(values['uuid-memory'], (text) => wholeAt(text, '--uuid-memory', 0) * 1000),
    refusedUuid: ifGiven(values['refused-uuid'], (text) =>
      wordAt(text, '--refused-uuid', ['consumed', 'consumed_if_all_refused', 'kept']),
    ),
  });
}

function ifGiven<Value>(text: string | undefined, parse: (text: string) => Value): Value | undefined {
  return text === undefined ? undefined : parse(text);
}

function withoutUndefined(settings: { readonly [Key in keyof SimSettings]: SimSettings[Key] | undefined }) {
  // Object.fromEntries() forgets which key had which type; removing keys changes no type.
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<SimSettings>;
}

/** `name=ops,token=T,keyword=A,keyword=B` as parseRobots() wants it. */
function parseRobotFields(text: string): Partial<Record<keyof SimRobot, unknown>> {
  const fields = new URLSearchParams(text.split(',').map((field): [string, string] => splitField(field)));
  const single = Object.fromEntries([...fields].filter(([name]) => name !== 'keyword' && name !== 'ip'));
  return { ...single, keywords: fields.getAll('keyword'), allowedIps: fields.getAll('ip') };
}

function splitField(field: string): [string, string] {
  const at = field.indexOf('=');
  if (at < 1)
    throw new InputError('--robot: expected fields such as name=ops,token=T, got one without a name and =');
  return [field.slice(0, at), field.slice(at + 1)];
}

function wholeAt(text: string, where: string, least: number): number {
  return numberAt(/^\d+$/.test(text) ? Number(text) : Number.NaN, where, least);
}

function jsonAt(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${where}: expected JSON`);
  }
}
