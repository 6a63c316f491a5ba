/** Arguments of a command, read with Node's own parser: unknown options are errors, nothing is guessed. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './command.ts';

/** Options by name and the words between them; throws a UsageError for what the command does not know. */
export function readArguments<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  words: { readonly atMost: number },
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const extra = parsed.positionals[words.atMost];
    if (extra !== undefined) throw new UsageError(`did not expect ${JSON.stringify(extra)}`);
    return parsed;
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** A number from 1 on. `expected` says what it is, in the UsageError for anything else. */
export function readWhole(word: string, expected: string): number {
  if (/^[1-9]\d{0,14}$/.test(word)) return Number(word);
  throw new UsageError(`expected ${expected}, got ${JSON.stringify(word)}`);
}
