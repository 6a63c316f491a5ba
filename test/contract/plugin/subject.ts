/**
 * The plugin under test, and sinks made of it for one test each: with a configuration of their own, a host that is watched, and a
 * folder that goes away.
 */
import assert from 'node:assert/strict';
import { dirname, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Mapping } from '../../../src/core/config/mapping.ts';
import type { Host, HttpClient, Log, Sink } from '../../../src/core/plugin/contract.ts';
import { createHttpClient } from '../../../src/core/plugin/http-client.ts';
import { type AnyPlugin, createPluginLoader } from '../../../src/core/plugin/load.ts';
import type { NamedSecrets } from '../../support/leaks.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { type Conformance, readConformance } from './conformance.ts';
import { makeSampleConfig } from './sample-config.ts';

/** What the suite runs over. */
export interface Subject {
  /** What `plugin:` in a configuration says. */
  readonly asked: string;
  /** The folder of its index file. */
  readonly folder: string;
  readonly plugin: AnyPlugin;
  readonly conformance: Conformance;
}

/** A sink of the plugin, and what it did to its host. */
export interface SampleSink {
  readonly sink: Sink;
  readonly config: Mapping;
  readonly secrets: NamedSecrets;
  /** The sink's own folder, empty at first. */
  readonly dir: string;
  /** All that it logged, as it was given. */
  said(): string;
  /** How often it asked the host to post. */
  posts(): number;
}

/** No server listens here: for tests in which nothing may be sent. */
export const NOWHERE = 'http://127.0.0.1:9';

/** Longest exchange, in milliseconds: no test waits for it. */
const HTTP_TIMEOUT_MS = 20_000;
/** As the daemon has it. */
const MOST_ANSWER_BYTES = 256 * 1024;

/** Loads the plugin in `plugins/<name>/`, or the one of a path that begins with `/` or `./`. */
export async function loadSubject(asked: string, pluginsDir: URL): Promise<Subject> {
  const plugin = await createPluginLoader({ pluginsDir }).find(asked);
  const builtIn = /^[\w-]+$/.test(asked);
  const folder = builtIn ? fileURLToPath(new URL(asked, pluginsDir)) : dirname(resolve(asked));
  return { asked, folder, plugin, conformance: readConformance(folder) };
}

/** A sink that can send to `url`, for the length of one test. */
export async function makeSink(
  { plugin, conformance }: Subject,
  url: string,
  context: TestContext,
): Promise<SampleSink> {
  const dir = createTempDir();
  context.after(dir.remove);
  const { config, secrets } = await makeSampleConfig(plugin, conformance, { url, dir: dir.path });
  const client = createHttpClient({ timeoutMs: HTTP_TIMEOUT_MS, maxAnswerBytes: MOST_ANSWER_BYTES });
  context.after(() => client.close());
  const { log, said } = createLogKeeper();
  let posts = 0;
  const http: HttpClient = {
    post(request) {
      posts += 1;
      return client.post(request);
    },
  };
  const sink = plugin.create(config, { sink: 'sample', log, http, now: Date.now });
  return { sink, config, secrets, dir: dir.path, said, posts: () => posts };
}

/** A host that fails whoever uses it, but for the log: for create() and the pure methods. */
export function hostWithoutWorld(): Host {
  const notHere = (what: string) => () => assert.fail(`${what} may only be used in send() and check()`);
  return {
    sink: 'sample',
    log: createLogKeeper().log,
    http: { post: notHere('host.http') },
    now: notHere('host.now()'),
  };
}

function createLogKeeper(): { readonly log: Log; said(): string } {
  const lines: string[] = [];
  const keep = (text: string, fields?: Readonly<Record<string, unknown>>): void => {
    lines.push(inspect([text, fields], { depth: 10, maxStringLength: null, maxArrayLength: null }));
  };
  return { log: { debug: keep, info: keep, warn: keep, error: keep }, said: () => lines.join('\n') };
}
