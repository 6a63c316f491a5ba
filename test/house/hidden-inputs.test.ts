/**
 * Time, randomness and the process are inputs: they come in by an argument, so that tests decide them. Only the files named here
 * reach for them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertKept,
  complainOfMatches,
  isProduct,
  type Rule,
  readTree,
  withoutComments,
} from './source-tree.ts';

const CLOCK = 'take a Clock (src/core/clock.ts) as an argument';

/** What may not be called, where it may all the same, and what to do instead. A path that ends in a slash is a folder. */
const INPUTS: readonly {
  readonly call: RegExp;
  readonly except: readonly string[];
  readonly mend: string;
}[] = [
  { call: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/g, except: ['src/core/clock.ts'], mend: CLOCK },
  {
    call: /\bset(?:Timeout|Interval)\(|'node:timers(?:\/promises)?'/g,
    except: ['src/core/clock.ts'],
    mend: CLOCK,
  },
  { call: /\bMath\.random\(/g, except: [], mend: 'take the random number as an argument' },
];
const PROCESS = {
  call: /(?<![\w$.])process\.\w+/g,
  except: ['src/core/daemon.ts', 'src/core/telemetry/'],
  mend: 'take the value as an argument; src/main.ts, src/cli/ and src/core/daemon.ts know the process',
};

const askForInputs: Rule = (files) =>
  files.filter(isProduct).flatMap((file) => {
    const inCore = file.path.startsWith('src/core/');
    const inputs = inCore ? [...INPUTS, PROCESS] : file.path.startsWith('src/plugins/') ? INPUTS : [];
    const code = { path: file.path, text: withoutComments(file.text) };
    return inputs
      .filter(({ except }) => !except.some((place) => isAt(file.path, place)))
      .flatMap(({ call, mend }) =>
        complainOfMatches(code, call, (found) => ({ what: `uses ${found}`, mend })),
      );
  });

test('core and plugins take time, randomness and the process as arguments', () => {
  assertKept(askForInputs, readTree('src'));
});

const samples: readonly { name: string; path: string; text: string; complaints: number }[] = [
  {
    name: 'the time in the core',
    path: 'src/core/delivery/lane.ts',
    text: 'const now = Date.now();',
    complaints: 1,
  },
  {
    name: 'the time in the clock',
    path: 'src/core/clock.ts',
    text: 'const now = Date.now();',
    complaints: 0,
  },
  {
    name: 'the time in a date',
    path: 'src/core/http/app.ts',
    text: 'new Date().toISOString()',
    complaints: 1,
  },
  {
    name: 'a given time in a date',
    path: 'src/core/http/app.ts',
    text: 'new Date(now).toISOString()',
    complaints: 0,
  },
  {
    name: 'a timer',
    path: 'src/core/delivery/lane.ts',
    text: 'setTimeout(go, 5); setInterval(go, 5);',
    complaints: 2,
  },
  {
    name: 'an imported timer',
    path: 'src/core/delivery/lane.ts',
    text: "import { setTimeout as sleep } from 'node:timers/promises';",
    complaints: 1,
  },
  { name: 'randomness', path: 'src/core/delivery/backoff.ts', text: 'return Math.random();', complaints: 1 },
  { name: 'a timer in a plugin', path: 'src/plugins/x/robot.ts', text: 'setTimeout(go, 5);', complaints: 1 },
  {
    name: 'the process in a plugin',
    path: 'src/plugins/console/index.ts',
    text: 'process.stdout',
    complaints: 0,
  },
  {
    name: 'the process in the core',
    path: 'src/core/config/load.ts',
    text: 'return process.env;',
    complaints: 1,
  },
  {
    name: 'the process in telemetry',
    path: 'src/core/telemetry/logger.ts',
    text: 'process.stderr',
    complaints: 0,
  },
  { name: 'the process at the edge', path: 'src/main.ts', text: 'process.exit(1)', complaints: 0 },
  {
    name: 'a comment',
    path: 'src/core/intake/a.ts',
    text: '// not Date.now()\n/* nor process.env */',
    complaints: 0,
  },
  {
    name: 'a field of that name',
    path: 'src/core/intake/a.ts',
    text: 'subprocess.kill(); this.process.kill()',
    complaints: 0,
  },
];
for (const { name, path, text, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}: ${path}`, () => {
    assert.equal(askForInputs([{ path, text }]).length, complaints);
  });
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}
