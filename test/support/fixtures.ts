/** The webhooks recorded from real Alertmanagers: test/fixtures/alertmanager/README.md says how. */
import { readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/alertmanager/', import.meta.url);

/** One recorded webhook, as its index has it. */
export interface Fixture {
  readonly file: string;
  readonly what: string;
  readonly alerts: number;
  readonly firing: number;
}

/** All of them, in the index's order. */
export function listFixtures(): readonly Fixture[] {
  return JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8'));
}

/** The bytes that Alertmanager sent. */
export function readFixture(file: string): Buffer {
  return readFileSync(new URL(file, FOLDER));
}
