/**
 * Stops a server in its tracks, as a machine that swaps or a virtual machine that is moved does: its connections stay open and nobody
 * answers. Meanwhile a guard waits beside it: a stopped process cannot notice that the test process was killed, and would stay for ever.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { childrenOf, signal } from './children.ts';

/** A stopped server. */
export interface Frozen {
  /** All of its processes. */
  readonly pids: readonly number[];
  /** Lets them run on. */
  thaw(): void;
}

/** Stops a server and its children. It is ended, as by SIGQUIT, if this process ends without having thawed it. */
export function freeze(pid: number): Frozen {
  // Before anything is stopped: from then on this process may be killed at any moment.
  const guard = startGuard(pid);
  const pids: number[] = [];
  const stop = (each: number) => {
    guard.stdin.write(`${each}\n`);
    signal(each, 'SIGSTOP');
    pids.push(each);
  };
  stop(pid);
  // Looked at again until there is nobody new: the first look may miss a child that was just being born.
  for (;;) {
    const found = childrenOf(pid).filter((child) => !pids.includes(child));
    if (found.length === 0) break;
    found.forEach(stop);
  }
  return {
    pids,
    thaw() {
      guard.kill('SIGKILL');
      for (const stopped of pids) signal(stopped, 'SIGCONT');
    },
  };
}

/** It is told who was stopped. Its input ends when this process does, however that ends; in a group of its own it outlives ours. */
function startGuard(pid: number): ChildProcessByStdio<Writable, null, null> {
  const script = `while read -r each; do stopped="$stopped $each"; done; kill -QUIT ${pid}; kill -CONT $stopped`;
  const guard = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // One that was killed before it had read all: nobody needs it any more.
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return guard;
}
