/**
 * Loaded into a process before anything else (`node --import`): its wall clock reads as much earlier or later as a file says, in
 * milliseconds, while durations go on undisturbed. That is what a clock that is set looks like to a program; libfaketime alone would move the
 * monotonic clock with it, which no kernel does.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
const file = process.env.SHIFT_DATE_FILE ?? '';
const now = (): number => RealDate.now() + Number(readFileSync(file, 'utf8'));

globalThis.Date = new Proxy(RealDate, {
  construct: (real, args, newTarget) =>
    Reflect.construct(real, args.length === 0 ? [now()] : args, newTarget),
  get: (real, key, receiver) => (key === 'now' ? now : Reflect.get(real, key, receiver)),
});
