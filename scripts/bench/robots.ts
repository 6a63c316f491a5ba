/** Sinks that send to the simulator as fast as they can, and how the simulator is started so that it lets them. */
import { fileURLToPath } from 'node:url';
import type { Sections } from './notifierd.ts';

/** The simulator's minute then lasts a second, so that the calls that it remembers for its own limit stay few. */
export const TIME_SCALE = 60;
/** More than anybody can send in such a minute. */
export const STARTS_PER_MINUTE = 1_000_000;

const PLUGIN = fileURLToPath(new URL('./unpaced-dingtalk.ts', import.meta.url));
/** No burst is told in a digest. */
const LINKS_UP_TO = 1_000_000;

/** A robot's name. Its token is the same. */
export function robotName(index: number): string {
  return `robot-${index}`;
}

/** A configuration with a sink for each of so many robots of the simulator at this address. Every event goes to all of them. */
export function sendingTo(endpoint: string, robots: number): Sections {
  const sinks = Array.from({ length: robots }, (_, index) => [
    robotName(index),
    { plugin: PLUGIN, endpoint, access_token: robotName(index), links_up_to: LINKS_UP_TO },
  ]);
  return { sinks: Object.fromEntries(sinks) };
}

/** Further arguments of the simulator's command line. `latencyMs`: how late it answers, in real milliseconds. */
export function simArgs(latencyMs: number): readonly string[] {
  const slow = { kind: 'slow', ms: latencyMs * TIME_SCALE, probability: 1 };
  return [
    ...['--time-scale', String(TIME_SCALE), '--starts-per-minute', String(STARTS_PER_MINUTE)],
    ...(latencyMs === 0 ? [] : ['--random-faults', JSON.stringify({ seed: 1, faults: [slow] })]),
  ];
}
