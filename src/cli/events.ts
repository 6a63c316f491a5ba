/**
 * `notifierd events`: the ledger on the command line, what came and what became of it. Reads the outbox that the configuration names,
 * whether a daemon works on it or not; which options there are is decided here, what is shown is beside, in events/.
 */
import { systemClock } from '../core/clock.ts';
import { readArguments, readWhole } from './arguments.ts';
import type { Command } from './command.ts';
import { listEvents } from './events/list.ts';
import { readSince } from './events/since.ts';
import { visitOutbox } from './visit.ts';

/** Answers 0, also if nothing was found. */
export const events: Command = {
  usage: 'events --config FILE',
  summary: 'show what came and what became of it',
  details: [
    '[--sink NAME]     only what this sink was to tell, or another in its place',
    '[--since TIME]    only what was received since: 2026-11-22T10:00:01Z, or 90m for the last 90 minutes',
    '[--limit N]       at most as many lines, the newest first; 100 unless told',
    '[--json]          for programs: one line of JSON an event and sink, and nothing else',
  ],
  async run(args, process) {
    const { values } = readArguments(args, OPTIONS, { atMost: 0 });
    const limit = values.limit === undefined ? LIMIT : readWhole(values.limit, 'a number for --limit');
    const now = systemClock.now();
    const since = values.since === undefined ? {} : { since: readSince(values.since, now) };
    const sink = values.sink === undefined ? {} : { sink: values.sink };
    const wanted = { ...sink, ...since, limit, json: values.json ?? false, now };
    return await visitOutbox(values.config, process, async (visit) => await listEvents(visit, wanted));
  },
};

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  sink: { type: 'string', short: 's' },
  since: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const LIMIT = 100;
