/**
 * The process that keeps a shared clock (shared-clock.ts) alive: run under libfaketime, it owns the shared memory in which the
 * clock's start stands. Says its name first, then answers each line of its input with its time; ends with its input, so
 * that it never outlives the test process.
 */
import { createInterface } from 'node:readline';

console.log(process.env.FAKETIME_SHARED ?? '');
for await (const _line of createInterface({ input: process.stdin })) console.log(Date.now());
