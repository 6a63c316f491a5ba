/**
 * The processes that a server has forked. They are not in its process group (each of PostgreSQL's opens a session of its own), so who
 * wants to stop or kill all of a server has to look for them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface ProcessState {
  readonly pid: number;
  readonly parent: number;
  /** As ps says it: `Z…` has ended and is only not yet waited for, `T…` is stopped. */
  readonly state: string;
}

/** The ids of a process's children; empty if it has none, or is gone. */
export function childrenOf(pid: number): readonly number[] {
  return allProcesses()
    .filter(({ parent, state }) => parent === pid && !state.startsWith('Z'))
    .map((child) => child.pid);
}

/** Those of these processes that have not ended. */
export function stillRunning(pids: readonly number[]): readonly number[] {
  return allProcesses()
    .filter(({ pid, state }) => pids.includes(pid) && !state.startsWith('Z'))
    .map(({ pid }) => pid);
}

/** Sends a signal; a process that has ended is no fault. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** From /proc where there is one (a small image of Linux has no ps), and from ps elsewhere. */
function allProcesses(): readonly ProcessState[] {
  if (!existsSync('/proc/self/stat')) return ofPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(ofProc);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: `pid (name) state parent …`; names may hold anything. */
function ofProc(pid: string): readonly ProcessState[] {
  try {
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return [{ pid: Number(pid), parent: Number(parent), state }];
  } catch {
    // It ended while we looked.
    return [];
  }
}

function ofPs(): readonly ProcessState[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent, state = ''] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state };
  });
}
