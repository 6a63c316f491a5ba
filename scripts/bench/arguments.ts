/** What `npm run bench -- …` understands. */
import { parseArgs } from 'node:util';
import { type Effort, effortOf } from './effort.ts';
import { MEASURE_NAMES, type MeasureName } from './measure-names.ts';

/** What to measure, how thoroughly, and where the result goes. */
export interface BenchArguments {
  readonly measures: readonly MeasureName[];
  readonly effort: Effort;
  /** Webhook addresses of programs that run already, by name. */
  readonly others: readonly { readonly name: string; readonly url: string }[];
  /** Where the result is written as JSON. */
  readonly json?: string;
  readonly help: boolean;
}

/** Shown for --help and after a wrong argument. */
export const USAGE = `npm run bench [-- OPTIONS]       measures everything, in some 20 minutes; Linux only
  --only NAMES        these measures alone, parted by commas: ${MEASURE_NAMES.join(', ')}
  --target NAME=URL   measures the acknowledgement of another program too, by its webhook address; may be repeated
  --rounds N          how often everything is measured, each time in another order (3)
  --seconds N         how long each load is measured (3)
  --alerts NUMBERS    alerts in a webhook, parted by commas, at most 1000 each (1,10,100,1000)
  --quick             one short round, to see that all works: its figures mean nothing
  --json FILE         writes the result as JSON too
  --help              this text

TMPDIR chooses the disk that is measured.`;

const MOST_ALERTS = 1_000;

/** Reads the arguments. Throws an Error with a line for people if one of them is not understood. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      target: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      alerts: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, rounds, seconds, alerts, quick, json, help } = values;
  const named = only?.split(',').map(measureNamed);
  return {
    measures: MEASURE_NAMES.filter((name) => named === undefined || named.includes(name)),
    effort: effortOf({
      quick,
      ...(rounds === undefined ? {} : { rounds: wholeAt('--rounds', rounds, 100) }),
      ...(seconds === undefined ? {} : { seconds: secondsAt(seconds) }),
      ...(alerts === undefined
        ? {}
        : { alertCounts: alerts.split(',').map((text) => wholeAt('--alerts', text, MOST_ALERTS)) }),
    }),
    others: values.target.map(namedUrl),
    ...(json === undefined ? {} : { json }),
    help,
  };
}

function measureNamed(name: string): MeasureName {
  const found = MEASURE_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  throw new Error(`--only ${name}: expected one of ${MEASURE_NAMES.join(', ')}`);
}

function namedUrl(text: string): { readonly name: string; readonly url: string } {
  const at = text.indexOf('=');
  const url = text.slice(at + 1);
  if (at > 0 && url.startsWith('http://') && URL.canParse(url)) return { name: text.slice(0, at), url };
  throw new Error(
    `--target ${text}: expected a name, = and the webhook's address, such as x=http://127.0.0.1:8060/`,
  );
}

function wholeAt(option: string, text: string, most: number): number {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`${option} ${text}: expected a whole number from 1 to ${most.toLocaleString('en-US')}`);
}

function secondsAt(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0.1 && seconds <= 600) return seconds;
  throw new Error(`--seconds ${text}: expected a number from 0.1 to 600`);
}
