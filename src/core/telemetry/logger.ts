/**
 * The daemon's log: one line an occasion, as text for people or as JSON for machines, without secrets. Built on pino; this file
 * decides what a line looks like and leaves what is worth a line to the parts that log.
 */
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { Log } from '../plugin/contract.ts';
import { plainFields } from './log-fields.ts';
import { renderLogText } from './log-text.ts';
import type { Redact } from './redact.ts';
import { escapeUnsafe } from './visible.ts';

/** Least urgent first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How urgent a line is, and the least urgent that is written. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `text`: for people. `json`: one object a line with `time`, `level`, `msg` and the fields beside them. */
export type LogFormat = 'text' | 'json';

/** Where lines go. `flush` returns when all that can be written is written. */
export interface LogDestination {
  write(line: string): void;
  flush?(): void;
}

/** How a logger is built. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Applied to each finished line. */
  readonly redact: Redact;
  readonly destination: LogDestination;
}

/** A Log that can lend out narrower ones. No method throws for anything that a caller passes. */
export interface Logger extends Log {
  /** The same log with these fields on every line; a line's own field of the same name wins. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
  /** Writes out what is still held back. To be called before the end. */
  flush(): void;
}

/**
 * A logger. Fields of type Error are written as name, code and message, with the stack if the error was not foreseen or the
 * level is `debug`.
 */
export function createLogger({ level, format, redact, destination }: LoggerOptions): Logger {
  const toLine = format === 'json' ? (json: string) => json : renderJsonAsText;
  const stream: DestinationStream = { write: (line) => destination.write(line) };
  const backend = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (json) => `${redact(escapeUnsafe(toLine(json.trimEnd())))}\n` },
    },
    stream,
  );
  return bind({});

  function bind(bound: Readonly<Record<string, unknown>>): Logger {
    const write =
      (at: LogLevel): Log['info'] =>
      (text, fields = {}) => {
        if (!backend.isLevelEnabled(at)) return;
        backend[at](plainFields({ ...bound, ...fields }, { withStacks: level === 'debug' }), text);
      };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => bind({ ...bound, ...fields }),
      flush: () => destination.flush?.(),
    };
  }
}

function renderJsonAsText(json: string): string {
  return renderLogText(JSON.parse(json));
}
