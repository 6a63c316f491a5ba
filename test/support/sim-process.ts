/** The DingTalk simulator as a real process of its own, so that it survives the daemon that it watches and can share its clock. */
import { fileURLToPath } from 'node:url';
import { createSimClient, type SimClient } from './dingtalk-sim/client.ts';
import { eventually } from './eventually.ts';
import { type Exit, startProgram } from './processes.ts';

/** A simulator at work. */
export interface SimProcess extends SimClient {
  /** A sink's endpoint. */
  readonly url: string;
  stop(): Promise<Exit>;
}

/** What to run. */
export interface SimProcessOptions {
  /** As `--robot` takes them: `name=ops,token=T,secret=S`. */
  readonly robots: readonly string[];
  /** Further options of the simulator's command line. */
  readonly args?: readonly string[];
  /** Lives by this clock (shared-clock.ts). */
  readonly clock?: { env(): Record<string, string> };
}

const MAIN = fileURLToPath(new URL('./dingtalk-sim/main.ts', import.meta.url));

/** Starts one on a free port; resolves once it listens. */
export async function startSimProcess({ robots, args = [], clock }: SimProcessOptions): Promise<SimProcess> {
  const named = robots.flatMap((robot) => ['--robot', robot]);
  const program = await startProgram(process.execPath, [MAIN, '--port', '0', ...named, ...args], {
    env: clock?.env() ?? {},
  });
  const url = await eventually(
    'the simulator says where it listens',
    () => /DingTalk simulator: (\S+)/.exec(program.stdout())?.[1],
  );
  return { ...createSimClient(url), url, stop: () => program.stop() };
}
