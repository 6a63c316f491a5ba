/** What every plugin is: its name, its keys, its limits, and a create() that only builds. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConfigKey } from '../../../src/core/plugin/contract.ts';
import { shapeProblems } from '../../../src/core/plugin/plugin-shape.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { makeSampleConfig } from './sample-config.ts';
import { hostWithoutWorld, makeSink, NOWHERE, type Subject } from './subject.ts';
import { startTroubledServer } from './troubled-server.ts';
import { NO_ANSWER } from './troubles.ts';

/** Longest window that a lane could keep in mind, in milliseconds: pages of attempts are read for it. */
const LONGEST_WINDOW_MS = 60 * 60 * 1000;
const MOST_STARTS = 100;
const MOST_EVENTS = 10_000;

/** Tests of the plugin itself. */
export function describeShape(subject: Subject): void {
  const { plugin, folder, conformance } = subject;

  describe('shape', () => {
    test('is a sink plugin, named like its folder if it is built in', () => {
      const builtIn = /^[\w-]+$/.test(subject.asked) ? basename(folder) : undefined;
      assert.deepEqual(shapeProblems(plugin, builtIn), []);
    });

    test('says of each key what it does', () => {
      const keys: readonly [string, ConfigKey][] = Object.entries(plugin.schema);
      for (const [key, { doc }] of keys) assert.match(doc, /^\S.{8,}[.:]?$/s, `schema.${key}.doc`);
    });

    test('marks keys that sound like credentials as sensitive', () => {
      const keys: readonly [string, ConfigKey][] = Object.entries(plugin.schema);
      const open = keys.filter(([key, { sensitive }]) => CREDENTIAL.test(key) && sensitive === undefined);
      assert.deepEqual(open, []);
    });

    test('takes a configuration that has only what must be there', async (context) => {
      await makeSink(subject, NOWHERE, context);
    });

    test('has limits that a lane can keep', async (context) => {
      const { limits } = (await makeSink(subject, NOWHERE, context)).sink;
      const { eventsPerMessage, messageBytes, paces = [] } = limits;
      assert.ok(isWholeBetween(eventsPerMessage, 1, MOST_EVENTS), `eventsPerMessage: ${eventsPerMessage}`);
      if (messageBytes !== undefined) {
        const most = conformance.vendorBytes ?? Number.MAX_SAFE_INTEGER;
        assert.ok(isWholeBetween(messageBytes, 100, most), `messageBytes: ${messageBytes}, at most ${most}`);
      }
      for (const pace of paces) {
        assert.ok(typeof pace.credential === 'string' && pace.credential !== '', 'a credential is empty');
        assert.ok(isWholeBetween(pace.starts, 1, MOST_STARTS), `starts: ${pace.starts}`);
        assert.ok(isWholeBetween(pace.windowMs, 1, LONGEST_WINDOW_MS), `windowMs: ${pace.windowMs}`);
      }
    });
  });

  describe('create()', () => {
    test('opens nothing, starts nothing and asks nothing of its host', async (context) => {
      const server = await startTroubledServer(NO_ANSWER, context);
      const dir = createTempDir();
      context.after(dir.remove);
      const around = { url: server.url, dir: dir.path };
      const { config } = await makeSampleConfig(plugin, conformance, around);
      const before = process.getActiveResourcesInfo().toSorted();
      const sink = plugin.create(config, hostWithoutWorld());
      const after = process.getActiveResourcesInfo().toSorted();
      assert.deepEqual(after, before, 'create() began something: a timer, a socket, a file');
      assert.ok(!(sink instanceof Promise), 'create() is not synchronous');
      await nextTurn();
      await nextTurn();
      assert.equal(server.connections(), 0);
      assert.deepEqual(readdirSync(dir.path), []);
      await sink.close?.();
    });

    test('makes sinks that do not know of each other', async (context) => {
      const [one, other] = [
        await makeSink(subject, NOWHERE, context),
        await makeSink(subject, NOWHERE, context),
      ];
      assert.notEqual(one.sink, other.sink);
      await one.sink.close?.();
      assert.deepEqual(other.sink.limits, (await makeSink(subject, NOWHERE, context)).sink.limits);
    });
  });
}

const CREDENTIAL = /(^|_)(token|secret|password|api_?key)s?$/;

function isWholeBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
