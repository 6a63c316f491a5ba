import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SharedLane, type SharingReplica, shareLanes } from './lane-shares.ts';

const IDS = ['a', 'b', 'c', 'd', 'e'];
const NAMES = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x'];

/** Some replicas, and some lanes held by them, by one that is gone, or by nobody. */
const replicaIds = fc.subarray(IDS, { minLength: 1 });
const lanes: fc.Arbitrary<SharedLane[]> = fc.subarray(NAMES).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        holder: fc.option(fc.constantFrom(...IDS, 'gone'), { nil: undefined }),
      }),
    ),
  ),
);

const able: fc.Arbitrary<SharingReplica[]> = replicaIds.map((ids) =>
  ids.map((id) => ({ id, lanes: new Set(NAMES) })),
);
const differing: fc.Arbitrary<SharingReplica[]> = replicaIds.chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({ id: fc.constant(id), lanes: fc.subarray(NAMES).map((names) => new Set(names)) }),
    ),
  ),
);

test('shares differ by at most one where every replica can drain every lane', () => {
  fc.assert(
    fc.property(lanes, able, (given, replicas) => {
      const shares = shareLanes(given, replicas);
      assert.equal(shares.size, given.length);
      const sizes = sizesOf(replicas, (name) => shares.get(name), given);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `sizes ${sizes}`);
    }),
    { numRuns: 500 },
  );
});

test('as few lanes move as can be where every replica can drain every lane', () => {
  fc.assert(
    fc.property(lanes, able, (given, replicas) => {
      const shares = shareLanes(given, replicas);
      const held = given.filter(({ holder }) => replicas.some(({ id }) => id === holder));
      const moved = held.filter(({ name, holder }) => shares.get(name) !== holder);
      assert.equal(moved.length, leastMoves(given, replicas));
    }),
    { numRuns: 500 },
  );
});

test('every lane that somebody can drain goes to one who can, and no other to anybody', () => {
  fc.assert(
    fc.property(lanes, differing, (given, replicas) => {
      const shares = shareLanes(given, replicas);
      for (const { name } of given) {
        const takers = replicas.filter((replica) => replica.lanes.has(name)).map(({ id }) => id);
        const taker = shares.get(name);
        if (takers.length === 0) assert.equal(taker, undefined);
        else assert.ok(taker !== undefined && takers.includes(taker), `${name} goes to ${taker}`);
      }
    }),
    { numRuns: 500 },
  );
});

test('no one has two more than another who could drain one of them', () => {
  fc.assert(
    fc.property(lanes, differing, (given, replicas) => {
      const shares = shareLanes(given, replicas);
      const countOf = (id: string): number => [...shares.values()].filter((holder) => holder === id).length;
      for (const [lane, holder] of shares) {
        for (const other of replicas.filter((replica) => replica.lanes.has(lane)))
          assert.ok(countOf(holder) < countOf(other.id) + 2, `${other.id} should have ${lane}`);
      }
    }),
    { numRuns: 500 },
  );
});

test('what was shared once stays as it is', () => {
  fc.assert(
    fc.property(lanes, differing, (given, replicas) => {
      const shares = shareLanes(given, replicas);
      const held = given.map(({ name }) => ({ name, holder: shares.get(name) }));
      assert.deepEqual(sorted(shareLanes(held, replicas)), sorted(shares));
    }),
    { numRuns: 500 },
  );
});

test('the answer is the same in whatever order lanes and replicas are given', () => {
  const shuffled = fc
    .tuple(lanes, differing)
    .chain(([given, replicas]) =>
      fc.tuple(
        fc.constant({ given, replicas }),
        fc.shuffledSubarray(given, { minLength: given.length }),
        fc.shuffledSubarray(replicas, { minLength: replicas.length }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([{ given, replicas }, otherLanes, otherReplicas]) => {
      assert.deepEqual(sorted(shareLanes(otherLanes, otherReplicas)), sorted(shareLanes(given, replicas)));
    }),
    { numRuns: 500 },
  );
});

/** What must go from those with too many, if those with most are allowed the one that does not divide evenly. */
function leastMoves(given: readonly SharedLane[], replicas: readonly SharingReplica[]): number {
  const sizes = sizesOf(replicas, (name) => given.find((lane) => lane.name === name)?.holder, given);
  const even = Math.floor(given.length / replicas.length);
  const over = given.length % replicas.length;
  return sizes
    .sort((a, b) => b - a)
    .map((size, index) => Math.max(0, size - even - (index < over ? 1 : 0)))
    .reduce((sum, moves) => sum + moves, 0);
}

function sizesOf(
  replicas: readonly SharingReplica[],
  holderOf: (name: string) => string | undefined,
  given: readonly SharedLane[],
): number[] {
  return replicas.map(({ id }) => given.filter(({ name }) => holderOf(name) === id).length);
}

function sorted(shares: ReadonlyMap<string, string>): [string, string][] {
  return [...shares].sort(([a], [b]) => (a < b ? -1 : 1));
}
