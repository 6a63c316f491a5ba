/** The texts of `notifierd --help` and `notifierd COMMAND --help`, made from the commands themselves. */
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
    'Exit codes: 0 all went well, 1 faulty configuration or it could not be done, 2 wrong command line.',
    'Every key of the configuration: docs/configuration.md',
    '',
  ].join('\n');
}

/** The help for one command. */
export function commandHelp({ usage, summary, details = [] }: Command): string {
  const more = details.length === 0 ? [] : ['', ...details.map((line) => `  ${line}`)];
  return `${[`notifierd ${usage}`, '', `  ${summary}`, ...more].join('\n')}\n`;
}
