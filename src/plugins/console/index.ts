/**
 * The console channel: events on standard output or in a file. The smallest whole plugin, and the template for others; README.md
 * beside it is the user's page.
 */
import type { SinkPlugin } from '../../core/plugin/contract.ts';
import { type ConsoleConfig, schema, validate } from './config.ts';
import { createConsoleSink } from './sink.ts';
import { createWriter } from './writer.ts';

export default {
  name: 'console',
  schema,
  validate,
  create: (config) => createConsoleSink(config, createWriter({ file: config.file })),
} satisfies SinkPlugin<ConsoleConfig>;
