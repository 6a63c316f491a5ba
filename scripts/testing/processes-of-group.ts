/**
 * A command in a process group of its own, so that everything it started can be seen and ended by that group's id, and nothing
 * else can.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** How the command ended. */
export interface GroupExit {
  /** Its exit code; 1 if a signal ended it. */
  readonly code: number;
  readonly timedOut: boolean;
  /** Commands of processes that it left running; they have been killed. Always empty where there is no /proc. */
  readonly leftRunning: readonly string[];
}

/** Node keeps there what it made of our sources. The tests start hundreds of processes, and each is ready in two thirds of the time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
/** Time for processes to end after they were told to. */
const GRACE_MS = 5_000;

/**
 * Runs `command args…`, its output going where ours goes, and waits for its end. After `timeoutMs` ends the whole group. SIGINT and
 * SIGTERM to this process are passed on, and end this process too.
 */
export async function runInGroup(
  command: string,
  args: readonly string[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<GroupExit> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    // Set when this runs inside a test of its own; Node would then take the child for a part of that test.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  const stopAll = (signal: NodeJS.Signals) => {
    signalGroup(child, signal);
    process.exit(1);
  };
  process.on('SIGINT', stopAll).on('SIGTERM', stopAll);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void endGroup(child);
  }, timeoutMs);
  // Rejects, as it should, if there is no such command.
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  const leftRunning = await survivors(child);
  signalGroup(child, 'SIGKILL');
  process.off('SIGINT', stopAll).off('SIGTERM', stopAll);
  return { code: typeof code === 'number' ? code : 1, timedOut, leftRunning };
}

/** Asks, waits, then kills. */
async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  await sleep(GRACE_MS);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: all of them have ended.
  }
}

/** Those of the group that still run when the grace is over. */
async function survivors(child: ChildProcess): Promise<readonly string[]> {
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    const running = child.pid === undefined ? [] : commandsInGroup(child.pid);
    if (running.length === 0 || performance.now() > deadline) return running;
    await sleep(50);
  }
}

function commandsInGroup(groupId: number): readonly string[] {
  return processIds().flatMap((pid) => {
    try {
      // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: pid (name) state parent group …; names may hold anything.
      const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(group) !== groupId || state === 'Z') return [];
      return [`${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

function processIds(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
