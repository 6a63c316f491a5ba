/**
 * A reporter for node:test that writes one JSON line per finished test, so that the runner can add up its groups; people read
 * Node's own reporter beside it. Suites are not counted, as Node does not count them.
 */
import { resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import type { Result } from './tally.ts';

/** Called by Node, given by `--test-reporter`. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const result = toResult(event);
    if (result !== undefined) yield `${JSON.stringify(result)}\n`;
  }
}

/** What one event says about one test; undefined for all that is not the end of a test. */
export function toResult(event: TestEvent): Result | undefined {
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return undefined;
  const { name, file = '', skip, todo, details } = event.data;
  const setAside = skip ?? todo;
  if (setAside !== undefined && setAside !== false) {
    return { kind: 'skipped', name, file, reason: typeof setAside === 'string' ? setAside : '' };
  }
  // A suite fails with its tests, which are counted themselves.
  if (details.type === 'suite') return undefined;
  // For a file without tests Node reports the file itself as a test that passed.
  if (event.type === 'test:pass' && resolve(name) === file) return undefined;
  return { kind: event.type === 'test:pass' ? 'passed' : 'failed', name, file };
}
