/**
 * The plugin contract as tests: what src/core/plugin/contract.ts promises, for any plugin, built in or a third party's. Nothing in
 * here knows a channel; what cannot be guessed of one stands in its own testdata/conformance.json.
 */
import { describe } from 'node:test';
import { describeComposing } from './plugin/compose-suite.ts';
import { describeSending } from './plugin/send-suite.ts';
import { describeShape } from './plugin/shape-suite.ts';
import type { Subject } from './plugin/subject.ts';

export { loadSubject, type Subject } from './plugin/subject.ts';

/** Runs the suite over one plugin. */
export function describePlugin(subject: Subject): void {
  describe(`the plugin contract on ${subject.asked}`, () => {
    describeShape(subject);
    describeComposing(subject);
    describeSending(subject);
  });
}
