/**
 * Stops a server in its tracks, as a machine that swaps or a virtual machine that is moved does: its connections stay open and nobody
 * answers. Meanwhile a guard waits beside it: a stopped process cannot notice that the test process was killed, and would stay for ever.
 */
import { type ChildProcess, spawn } from 'node:child_process';
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
  signal(pid, 'SIGSTOP');
  const pids = [pid];
  // Looked at again until there is nobody new: the first look may miss a child that was just being born.
  for (;;) {
    const found = childrenOf(pid).filter((child) => !pids.includes(child));
    if (found.length === 0) break;
    for (const child of found) signal(child, 'SIGSTOP');
    pids.push(...found);
  }
  const guard = startGuard(pid, pids);
  return {
    pids,
    thaw() {
      guard.kill('SIGKILL');
      for (const stopped of pids) signal(stopped, 'SIGCONT');
    },
  };
}

/** Its input ends when this process does, however that ends; in a group of its own it outlives ours. */
function startGuard(pid: number, pids: readonly number[]): ChildProcess {
  const guard = spawn('sh', ['-c', `read -r _; kill -QUIT ${pid}; kill -CONT ${pids.join(' ')}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}
