/**
 * `notifierd render`: the exact bodies that a sink would send for a payload, as if its lane were empty. Sends nothing and touches no
 * outbox; the only thing made up is the message ids, which are derived from the body so that the output can be compared.
 */
import { createHash } from 'node:crypto';
import type { Config, ResolvedSink } from '../core/config/config.ts';
import { composeNext } from '../core/delivery/compose.ts';
import { ConfigError, UnavailableError } from '../core/errors.ts';
import { createLinks } from '../core/event/links.ts';
import { severityRank } from '../core/event/severity.ts';
import { parsePayload } from '../core/intake/alertmanager/payload.ts';
import { createEventReader } from '../core/intake/alertmanager/to-event.ts';
import type { Event, Host, Message, Sink } from '../core/plugin/contract.ts';
import { readArguments } from './arguments.ts';
import { type Command, OK, type Process, UsageError } from './command.ts';
import { loadConfigFile } from './load.ts';

/** Answers 0 and prints one body a line. A payload that notifierd would refuse is refused here with the same text. */
export const render: Command = {
  usage: 'render FILE --sink NAME < payload.json',
  summary: 'print what a sink would send for a webhook; send nothing',
  async run(args, process) {
    const { values, positionals } = readArguments(
      args,
      { sink: { type: 'string', short: 's' } },
      { atMost: 1 },
    );
    const [file] = positionals;
    if (file === undefined || values.sink === undefined)
      throw new UsageError('expected a FILE and --sink NAME');
    const config = await loadConfigFile(file, process);
    const configured = findSink(config, values.sink);
    const sink = configured.plugin.create(configured.config, hostWithoutWorld(configured.name, process));
    const events = readEvents(config, await readAll(process.stdin));
    for (const message of composeAll(sink, events)) {
      const { form, body } = message;
      process.print(`${sink.render({ id: idFor(body), form, body }).trimEnd()}\n`);
    }
    return OK;
  },
};

function findSink({ file, sinks }: Config, name: string): ResolvedSink {
  const sink = sinks.find((each) => each.name === name);
  if (sink !== undefined) return sink;
  const names = sinks.map((each) => each.name).join(', ');
  throw new ConfigError(file, [
    { path: 'sinks', message: `no sink is named ${JSON.stringify(name)}; there are ${names}` },
  ]);
}

async function readAll(stdin: Process['stdin']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

function readEvents({ links, intake }: Config, bytes: Uint8Array): Event[] {
  const { head, alerts } = parsePayload(bytes);
  const readEvent = createEventReader({ links: createLinks(links), severityLabel: intake.severityLabel });
  const readAlert = readEvent(head);
  const receivedAt = Date.now();
  return (
    alerts
      .map((alert, number) => readAlert(alert, { id: `render-${number}`, receivedAt }))
      // The order of a lane: the worst first.
      .sort((a, b) => severityRank(a.severity) - severityRank(b.severity))
  );
}

function composeAll(sink: Sink, events: readonly Event[]): Message[] {
  const messages: Message[] = [];
  let rest = events;
  while (rest.length > 0) {
    const pressure = {
      waitingEvents: rest.length,
      freeStarts: freeStartsOf(sink),
      spentStarts: 0,
      oldestWaitMs: 0,
      recentEvents: 0,
      thrift: 0,
    };
    const context = { pressure, now: Date.now(), part: 1, mends: [] };
    const message = composeNext(sink, rest.slice(0, sink.limits.eventsPerMessage), { context });
    messages.push(message);
    rest = rest.slice(message.covers);
  }
  return messages;
}

function freeStartsOf({ limits: { paces } }: Sink): number {
  return paces?.reduce((sum, { starts }) => sum + starts, 0) ?? Number.POSITIVE_INFINITY;
}

/** Composing needs nothing of the world; whatever a plugin tries all the same fails here. */
function hostWithoutWorld(sink: string, { complain }: Process): Host {
  const say = (text: string): void => complain(`${text}\n`);
  return {
    sink,
    log: { debug: () => {}, info: say, warn: say, error: say },
    http: { post: () => Promise.reject(new UnavailableError('offline', 'render sends nothing')) },
    now: () => Date.now(),
  };
}

/** A UUID (version 8: our own making) from the body. */
function idFor(body: string): string {
  const hex = createHash('sha256').update(body).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
