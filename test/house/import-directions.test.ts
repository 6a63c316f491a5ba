/**
 * Who may know whom (docs/architecture.md): data goes one way, plugins know the contract alone, and only daemon.ts joins parts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Import, importsOf } from './imports.ts';
import { assertKept, type Complaint, isProduct, type Rule, readTree } from './source-tree.ts';

/** The contracts: what one room may know of another although it does not import the room. */
const CONTRACTS = [
  'src/core/plugin/contract.ts',
  'src/core/plugin/outcome.ts',
  'src/core/outbox/contract.ts',
];
/** What the main line tells those who watch it: types alone. */
const OBSERVERS = ['src/core/intake/observer.ts', 'src/core/delivery/observer.ts'];
/** Words that every room of the core speaks. */
const COMMON_GROUND = [
  'src/core/event/',
  'src/core/errors.ts',
  'src/core/clock.ts',
  'src/core/idle-heap.ts',
  'src/core/nearest.ts',
  'src/core/turns.ts',
  'src/core/telemetry/',
  ...CONTRACTS,
];

/** Each room, and what its files may import beside their own room. The first row that fits a file decides. */
const ROOMS: readonly { readonly room: string; readonly mayImport: readonly string[] }[] = [
  { room: 'src/main.ts', mayImport: ['src/cli/', 'src/core/'] },
  { room: 'src/cli/', mayImport: ['src/core/'] },
  { room: 'src/core/daemon.ts', mayImport: ['src/core/'] },
  { room: 'src/core/errors.ts', mayImport: ['src/core/clock.ts', 'src/core/event/'] },
  { room: 'src/core/clock.ts', mayImport: ['src/core/errors.ts', 'src/core/event/'] },
  { room: 'src/core/event/', mayImport: ['src/core/errors.ts', 'src/core/clock.ts'] },
  { room: 'src/core/http/', mayImport: [...COMMON_GROUND, 'src/core/intake/'] },
  {
    room: 'src/core/intake/',
    mayImport: [...COMMON_GROUND, 'src/core/routing/', 'src/core/outbox/', 'src/core/watchdog/'],
  },
  { room: 'src/core/watchdog/', mayImport: [...COMMON_GROUND, 'src/core/routing/'] },
  { room: 'src/core/delivery/', mayImport: [...COMMON_GROUND, 'src/core/outbox/'] },
  // The configuration names routes: it is checked by the code that will read them.
  { room: 'src/core/config/', mayImport: [...COMMON_GROUND, 'src/core/routing/', 'src/core/watchdog/'] },
  { room: 'src/core/telemetry/', mayImport: [...COMMON_GROUND, ...OBSERVERS] },
  // Routing, outbox, plugin, files directly in core/, and rooms yet to come.
  { room: 'src/core/', mayImport: COMMON_GROUND },
  { room: 'src/plugins/', mayImport: ['src/core/plugin/contract.ts', 'src/core/event/'] },
];

const keepDirections: Rule = (files) => files.filter(isProduct).flatMap(importsOf).flatMap(judge);

test('imports go one way, as the rooms of the house are laid out', () => {
  assertKept(keepDirections, readTree('src'));
});

const samples: readonly { name: string; path: string; text: string; allowed: boolean }[] = [
  {
    name: 'a plugin imports the contract',
    path: 'src/plugins/x/index.ts',
    text: "import type { Sink } from '../../core/plugin/contract.ts';",
    allowed: true,
  },
  {
    name: 'a plugin imports its own file',
    path: 'src/plugins/x/index.ts',
    text: "import { a } from './a.ts';",
    allowed: true,
  },
  {
    name: 'a plugin imports a package',
    path: 'src/plugins/x/index.ts',
    text: "import { a } from 'a';",
    allowed: true,
  },
  {
    name: 'a plugin imports another plugin',
    path: 'src/plugins/x/index.ts',
    text: "import { a } from '../y/a.ts';",
    allowed: false,
  },
  {
    name: 'a plugin imports the HTTP client',
    path: 'src/plugins/x/index.ts',
    text: "import { a } from '../../core/plugin/http-client.ts';",
    allowed: false,
  },
  {
    name: 'the core imports a plugin',
    path: 'src/core/daemon.ts',
    text: "import x from '../plugins/x/index.ts';",
    allowed: false,
  },
  {
    name: 'the core imports a plugin at run time',
    path: 'src/core/plugin/load.ts',
    text: "await import('../../plugins/x/index.ts');",
    allowed: false,
  },
  {
    name: 'delivery imports the outbox',
    path: 'src/core/delivery/lane.ts',
    text: "export * from '../outbox/sql.ts';",
    allowed: true,
  },
  {
    name: 'the outbox imports delivery',
    path: 'src/core/outbox/sql.ts',
    text: "import { a } from '../delivery/lane.ts';",
    allowed: false,
  },
  {
    name: 'the outbox imports types of telemetry',
    path: 'src/core/outbox/sql.ts',
    text: "import type { a } from '../telemetry/metrics.ts';",
    allowed: true,
  },
  {
    name: 'the event model imports the contract',
    path: 'src/core/event/event.ts',
    text: "import type {\n  a,\n} from '../plugin/contract.ts';",
    allowed: false,
  },
  {
    name: 'a file beside daemon.ts joins parts',
    path: 'src/core/extra.ts',
    text: "import { a } from './delivery/lane.ts';",
    allowed: false,
  },
  {
    name: 'a comment shows an import',
    path: 'src/core/clock.ts',
    text: "// import { a } from './http/app.ts';",
    allowed: true,
  },
  {
    name: 'a test beside the file imports what it likes',
    path: 'src/core/clock.test.ts',
    text: "import { a } from './http/app.ts';",
    allowed: true,
  },
  {
    name: 'the product imports what belongs to tests',
    path: 'src/cli/serve.ts',
    text: "import { a } from '../../test/support/a.ts';",
    allowed: false,
  },
];
for (const { name, path, text, allowed } of samples) {
  test(`${allowed ? 'is content when' : 'complains when'} ${name}`, () => {
    assert.equal(keepDirections([{ path, text }]).length, allowed ? 0 : 1);
  });
}

function judge({ from, line, path, specifier }: Import): readonly Complaint[] {
  if (path === undefined) return [];
  const { room, mayImport } = ROOMS.find((row) => from.path.startsWith(row.room)) ?? {
    room: 'src/',
    mayImport: [],
  };
  if (path.startsWith(ownRoom(from.path)) || mayImport.some((allowed) => path.startsWith(allowed))) return [];
  const allowed = mayImport.length === 0 ? 'nothing' : mayImport.join(', ');
  const mend = `files of ${room} may import their own room, packages, and: ${allowed}. Take what is needed as an argument, or join the parts in src/core/daemon.ts`;
  return [{ path: from.path, line, what: `imports ${specifier}`, mend }];
}

/** The folder below which a file's imports are its own affair: `src/plugins/x/`, `src/core/intake/`, else the file itself. */
function ownRoom(path: string): string {
  return /^src\/(?:plugins|core)\/[^/]+\/|^src\/cli\//.exec(path)?.[0] ?? path;
}
