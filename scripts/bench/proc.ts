/** What Linux tells of a process: https://man7.org/linux/man-pages/man5/proc.5.html */
import { readFileSync } from 'node:fs';

/** Kernels count CPU time in these, whatever their own tick is. */
const TICKS_PER_SECOND = 100;
const MB = 1e6;

/** Resident memory in megabytes. Throws if the process is gone. */
export function residentMb(pid: number): number {
  return residentOf(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** CPU seconds that all its threads have used, to the hundredth. Throws if the process is gone. */
export function cpuSeconds(pid: number): number {
  return cpuOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** The resident memory in a text of /proc/PID/status. */
export function residentOf(status: string): number {
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024) / MB;
}

/** User and system time in a text of /proc/PID/stat. */
export function cpuOf(stat: string): number {
  // The second field is the program's name in parentheses, which may hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
