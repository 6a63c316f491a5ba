/** `notifierd events`: first why sinks stand still, then a line an event and sink. Reads only, a portion at a time. */
import { OK } from '../command.ts';
import { readLanesOf } from '../lanes.ts';
import type { Visit } from '../visit.ts';
import { instant } from '../wording.ts';
import { walkLedger } from './entry.ts';
import { toJsonLine } from './entry-json.ts';
import { renderEntry } from './entry-text.ts';
import { renderStandstills } from './standstill.ts';

/** Which events, and for whom. */
export interface ListOptions {
  /** All sinks unless named. */
  readonly sink?: string;
  /** Received then or later, in milliseconds since the Unix epoch. */
  readonly since?: number;
  /** Most lines. */
  readonly limit: number;
  /** For programs: lines of JSON, and nothing else. */
  readonly json: boolean;
  readonly now: number;
}

/** Prints the newest events that were asked for. */
export async function listEvents(visit: Visit, options: ListOptions): Promise<number> {
  const { config, outbox, print } = visit;
  const { sink: lane, since, limit, json, now } = options;
  const lanes = await readLanesOf(visit, lane);
  const drained = config.sinks.filter((sink) => sink.enabled).map((sink) => sink.name);
  if (!json) print(renderStandstills(lanes, { now, drained }));

  const request = { ...(lane === undefined ? {} : { lane }), ...(since === undefined ? {} : { since }) };
  const context = { now, severityLabel: config.intake.severityLabel };
  let shown = 0;
  for await (const entry of walkLedger(outbox, config, request)) {
    if (!visit.isRead()) return OK;
    if (shown === limit) {
      if (!json) print(`the latest ${limit}; there are more: --limit N shows them\n`);
      return OK;
    }
    print(json ? `${toJsonLine(entry)}\n` : renderEntry(entry, context));
    shown += 1;
  }
  if (shown === 0 && !json) print(nothing(options));
  return OK;
}

function nothing({ sink, since }: ListOptions): string {
  const of = sink === undefined ? '' : ` of ${sink}`;
  return `no events${of}${since === undefined ? '' : ` since ${instant(since)}`}\n`;
}
