/**
 * The process edge of the DingTalk simulator: arguments, the line that says where it listens, signals and exit codes. Run it with
 * `npm run dingtalk-sim`, or under libfaketime for tests that move time.
 */
import { readFileSync } from 'node:fs';
import { HELP, parseCli } from './cli-options.ts';
import { startDingTalkSim } from './server.ts';

async function main(): Promise<void> {
  const options = parseCli(process.argv.slice(2), (file) => readFileSync(file, 'utf8'));
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const sim = await startDingTalkSim(options);
  process.stdout.write(`DingTalk simulator: ${sim.url}\n`);
  const stop = (): void => void sim.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`dingtalk-sim: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
