/**
 * What the suite cannot guess of a plugin: the optional file `testdata/conformance.json` in the plugin's folder (or beside that
 * folder, where a package keeps its built code in one of its own).
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file's content; every field may be left out. */
export interface Conformance {
  /** Keys of a sink in place of what the suite makes up; null: left out. `${dir}` stands for a temporary folder, `${url}` for the suite's server. */
  readonly config: Readonly<Record<string, unknown>>;
  /** HTTP statuses that alone, whatever the body says, mean that the channel has the message. */
  readonly delivered: readonly number[];
  /** Largest request body that the vendor takes, in bytes: what limits.messageBytes must not exceed. */
  readonly vendorBytes?: number;
}

/** The file of the plugin in this folder; without one, a Conformance that says nothing. Throws for a file that says anything else. */
export function readConformance(folder: string): Conformance {
  const file = [join(folder, 'testdata'), join(folder, '..', 'testdata')]
    .map((testdata) => join(testdata, 'conformance.json'))
    .find((path) => existsSync(path));
  return { config: {}, delivered: [], ...(file === undefined ? {} : parse(file)) };
}

function parse(file: string): Partial<Conformance> {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(isObject(content), `${file}: expected an object`);
  const { config = {}, delivered = [], vendorBytes, ...unknown } = content;
  assert.deepEqual(Object.keys(unknown), [], `${file}: expected only config, delivered and vendorBytes`);
  assert.ok(isObject(config), `${file}: config: expected keys of a sink`);
  assert.ok(
    Array.isArray(delivered) && delivered.every(Number.isInteger),
    `${file}: delivered: expected statuses`,
  );
  if (vendorBytes === undefined) return { config, delivered };
  assert.ok(typeof vendorBytes === 'number', `${file}: vendorBytes: expected a number of bytes`);
  return { config, delivered, vendorBytes };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
