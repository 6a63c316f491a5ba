/**
 * `notifierd dead-letters`: what was given up on, shown, delivered again, or dropped. Works on the outbox that the configuration names,
 * whether a daemon works on it or not; which words and options there are is decided here, what they do is beside, in dead-letters/.
 */
import { readArguments, readWhole } from './arguments.ts';
import { type Command, type Process, UsageError } from './command.ts';
import { dropLetters, type RetryOptions, retryLetters } from './dead-letters/decide.ts';
import { type ListOptions, listLetters, showLetter } from './dead-letters/show.ts';
import { visitOutbox } from './visit.ts';

/** Answers 0 if all that was asked for is so now, 1 if not: every id that stands in the way is named. */
export const deadLetters: Command = {
  usage: 'dead-letters list|show|retry|drop --config FILE',
  summary: 'show what was given up on, deliver it again, or drop it',
  details: [
    'list [--sink NAME] [--limit N] [--json]   the latest first; at most 100 unless told',
    'show ID [--json]                          one of them, with every event and attempt',
    'retry ID… | --all [--sink NAME]           back into the lane, to be delivered',
    'drop ID…                                  no longer a dead letter; it will not be delivered',
  ],
  async run([word = '', ...args], process) {
    switch (word) {
      case 'list':
        return await list(args, process);
      case 'show':
        return await show(args, process);
      case 'retry':
        return await retry(args, process);
      case 'drop':
        return await drop(args, process);
      default:
        throw new UsageError(`expected list, show, retry or drop, got ${JSON.stringify(word)}`);
    }
  },
};

const CONFIG = { config: { type: 'string', short: 'c' } } as const;
const SINK = { sink: { type: 'string', short: 's' } } as const;
const JSON_LINES = { json: { type: 'boolean' } } as const;
const LIMIT = 100;

async function list(args: readonly string[], process: Process): Promise<number> {
  const options = { ...CONFIG, ...SINK, ...JSON_LINES, limit: { type: 'string' } } as const;
  const { values } = readArguments(args, options, { atMost: 0 });
  const limit = values.limit === undefined ? LIMIT : readWhole(values.limit, 'a number for --limit');
  const wanted: ListOptions = { ...sinkOf(values), limit, json: values.json ?? false };
  return await visitOutbox(values.config, process, async (visit) => await listLetters(visit, wanted));
}

async function show(args: readonly string[], process: Process): Promise<number> {
  const { values, positionals } = readArguments(args, { ...CONFIG, ...JSON_LINES }, { atMost: 1 });
  const [id] = readIds(positionals);
  if (id === undefined) throw new UsageError('expected an ID');
  const json = values.json ?? false;
  return await visitOutbox(values.config, process, async (visit) => await showLetter(visit, { id, json }));
}

async function retry(args: readonly string[], process: Process): Promise<number> {
  const options = { ...CONFIG, ...SINK, all: { type: 'boolean' } } as const;
  const { values, positionals } = readArguments(args, options, { atMost: Number.POSITIVE_INFINITY });
  const ids = readIds(positionals);
  const all = values.all ?? false;
  if (all === ids.length > 0) throw new UsageError('expected IDs or --all');
  if (values.sink !== undefined && !all) throw new UsageError('--sink goes with --all');
  const wanted: RetryOptions = all ? { all, ...sinkOf(values) } : { ids };
  return await visitOutbox(values.config, process, async (visit) => await retryLetters(visit, wanted));
}

async function drop(args: readonly string[], process: Process): Promise<number> {
  const { values, positionals } = readArguments(args, CONFIG, { atMost: Number.POSITIVE_INFINITY });
  const ids = readIds(positionals);
  if (ids.length === 0) throw new UsageError('expected IDs');
  return await visitOutbox(values.config, process, async (visit) => await dropLetters(visit, ids));
}

function sinkOf({ sink }: { readonly sink?: string | undefined }): { readonly sink?: string } {
  return sink === undefined ? {} : { sink };
}

function readIds(words: readonly string[]): readonly number[] {
  return [...new Set(words.map((word) => readWhole(word, 'the ID of a dead letter, a number')))];
}
