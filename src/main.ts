/**
 * The process edge: the command line in, the exit code out, signals in between. The only file that ends the process; what a command
 * does is in cli/.
 */
import { type Command, FAILED, OK, type Process, USAGE, UsageError } from './cli/command.ts';
import { commandHelp, helpText } from './cli/help.ts';
import { createStandardOutput } from './cli/standard-output.ts';
import { versionLine } from './cli/version.ts';
import { NotifierdError } from './core/errors.ts';
import { lookForIdleHeaps } from './core/idle-heap.ts';

/** By their first word; each is loaded when it is asked for. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./cli/serve.ts')).serve],
  ['check-config', async () => (await import('./cli/check-config.ts')).checkConfig],
  ['render', async () => (await import('./cli/render.ts')).render],
  ['events', async () => (await import('./cli/events.ts')).events],
  ['dead-letters', async () => (await import('./cli/dead-letters.ts')).deadLetters],
  ['migrate-outbox', async () => (await import('./cli/migrate-outbox.ts')).migrateOutbox],
]);

lookForIdleHeaps(process.versions.node);

const asked = Promise.withResolvers<string>();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  let again = false;
  process.on(signal, () => {
    // Whoever asks twice does not want to wait: what is sealed is resent at the next start.
    if (again) process.exit(FAILED);
    again = true;
    asked.resolve(signal);
  });
}

const output = createStandardOutput(process.stdout);
const complaints = createStandardOutput(process.stderr);
process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  print: output.print,
  isRead: output.isRead,
  complain: complaints.print,
  asked: asked.promise,
});
const fault = await output.fault();
if (fault !== undefined) {
  complaints.print(`notifierd: cannot write to standard output: ${fault}\n`);
  process.exitCode = FAILED;
}
// Nothing that a command left open may keep an ended command alive.
if (process.exitCode !== OK || process.argv[2] === 'serve') process.exit();

async function run(args: readonly string[], own: Process): Promise<number> {
  const [word, ...rest] = args;
  try {
    if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
      own.print(helpText(await Promise.all([...COMMANDS.values()].map((load) => load()))));
      return word === undefined ? USAGE : OK;
    }
    if (word === '--version' || word === '-v' || word === 'version') {
      own.print(`${await versionLine()}\n`);
      return OK;
    }
    const command = await COMMANDS.get(word)?.();
    if (command === undefined) throw new UsageError(`there is no command ${JSON.stringify(word)}`);
    if (rest.includes('--help') || rest.includes('-h')) {
      own.print(commandHelp(command));
      return OK;
    }
    return await command.run(rest, own);
  } catch (error) {
    own.complain(`${explain(error)}\n`);
    return error instanceof UsageError ? USAGE : FAILED;
  }
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `notifierd: ${error.message}\nSee notifierd --help`;
  if (!(error instanceof NotifierdError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
  return `notifierd: ${error.message}${hint}`;
}
