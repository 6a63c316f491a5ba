import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SharedLane, type SharingReplica, shareLanes } from './lane-shares.ts';

/** `lane:holder`, or just the lane if nobody holds it. */
function lanesOf(...given: readonly string[]): SharedLane[] {
  return given.map((lane) => {
    const [name = '', holder] = lane.split(':');
    return { name, holder };
  });
}

/** `replica`, which can drain all lanes, or `replica:lane,lane`. */
function replicasOf(lanes: readonly SharedLane[], ...given: readonly string[]): SharingReplica[] {
  return given.map((replica) => {
    const [id = '', able] = replica.split(':');
    return { id, lanes: new Set(able?.split(',') ?? lanes.map(({ name }) => name)) };
  });
}

function share(lanes: readonly SharedLane[], ...replicas: readonly string[]): Record<string, string> {
  return Object.fromEntries(shareLanes(lanes, replicasOf(lanes, ...replicas)));
}

describe('shareLanes', () => {
  for (const { name, lanes, replicas, expected } of [
    { name: 'a replica alone gets everything', lanes: ['x', 'y'], replicas: ['a'], expected: 'x:a y:a' },
    { name: 'without replicas nobody gets anything', lanes: ['x', 'y:a'], replicas: [], expected: '' },
    { name: 'without lanes there is nothing to get', lanes: [], replicas: ['a'], expected: '' },
    {
      name: 'free lanes go round, in the order of their names',
      lanes: ['z', 'y', 'x'],
      replicas: ['b', 'a'],
      expected: 'x:a y:b z:a',
    },
    {
      name: 'free lanes go to who has fewest',
      lanes: ['v:a', 'w:a', 'x:b', 'y', 'z'],
      replicas: ['a', 'b'],
      expected: 'v:a w:a x:b y:b z:a',
    },
    {
      name: 'a difference of one stays',
      lanes: ['x:a', 'y:a', 'z:b'],
      replicas: ['a', 'b'],
      expected: 'x:a y:a z:b',
    },
    {
      name: 'who comes later gets half, and no lane moves for nothing',
      lanes: ['w:a', 'x:a', 'y:a', 'z:a'],
      replicas: ['a', 'b'],
      expected: 'w:a x:a y:b z:b',
    },
    {
      name: 'the lanes of a replica that is gone are spread over the others',
      lanes: ['u:a', 'v:a', 'w:gone', 'x:gone', 'y:b', 'z:b'],
      replicas: ['a', 'b'],
      expected: 'u:a v:a w:a x:b y:b z:b',
    },
    {
      name: 'more replicas than lanes leave some with none',
      lanes: ['x', 'y'],
      replicas: ['a', 'b', 'c'],
      expected: 'x:a y:b',
    },
    {
      name: 'a lane goes to who can drain it, however many that one has',
      lanes: ['x:a', 'y:a', 'z'],
      replicas: ['a:x,y,z', 'b:q'],
      expected: 'x:a y:a z:a',
    },
    {
      name: 'a lane that nobody can drain has nobody',
      lanes: ['x', 'old:a'],
      replicas: ['a:x', 'b:x'],
      expected: 'x:a',
    },
    {
      name: 'a lane whose holder cannot drain it any more goes to one who can',
      lanes: ['x:a', 'y:b'],
      replicas: ['a:y', 'b:x,y'],
      expected: 'x:b y:a',
    },
    {
      name: 'of those that could move one moves that the other can drain',
      lanes: ['x:a', 'y:a', 'z:a'],
      replicas: ['a:x,y,z', 'b:x'],
      expected: 'x:b y:a z:a',
    },
  ]) {
    test(name, () => {
      const shares = share(lanesOf(...lanes), ...replicas);
      const shown = Object.entries(shares).map(([lane, id]) => `${lane}:${id}`);
      assert.equal(shown.sort().join(' '), expected);
    });
  }
});
