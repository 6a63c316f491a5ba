/** The text of `notifierd --help`, made from the commands themselves. */
import type { Command } from './command.ts';

/** The help for all commands. */
export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.usage.length));
  return [
    'notifierd delivers what Alertmanager posts to the people on call: durable, once, readable.',
    '',
    'Usage:',
    ...commands.map(({ usage, summary }) => `  notifierd ${usage.padEnd(width)}   ${summary}`),
    `  notifierd ${'--version'.padEnd(width)}   print the version`,
    `  notifierd ${'--help'.padEnd(width)}   print this`,
    '',
    'Exit codes: 0 all went well, 1 faulty configuration or notifierd cannot go on, 2 wrong command line.',
    'Every key of the configuration: docs/configuration.md',
    '',
  ].join('\n');
}
