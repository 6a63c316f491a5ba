/** `notifierd check-config`: every fault of a configuration at once. */
import { readArguments } from './arguments.ts';
import { type Command, OK, UsageError } from './command.ts';
import { loadConfigFile } from './load.ts';

/** Answers 0 for a configuration that serve would run; a faulty one ends as every ConfigError does, with 1. */
export const checkConfig: Command = {
  usage: 'check-config FILE',
  summary: 'list every fault of a configuration, with its path',
  async run(args, process) {
    const { positionals } = readArguments(args, {}, { atMost: 1 });
    const [file] = positionals;
    if (file === undefined) throw new UsageError('expected a FILE');
    const config = await loadConfigFile(file, process);
    for (const warning of config.warnings) process.complain(`warning: ${warning}\n`);
    const sinks = config.sinks.map(
      ({ name, plugin, enabled }) => `${name} (${plugin.name}${enabled ? '' : ', disabled'})`,
    );
    process.print(`${file}: good; sinks: ${sinks.join(', ')}\n`);
    return OK;
  },
};
