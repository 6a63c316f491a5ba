/**
 * Which replica should have which lane: pure. All replicas compute it from the same rows and come to the same answer, so that nobody has
 * to be asked.
 */

/** A lane, and who holds it now; nobody if it is free. */
export interface SharedLane {
  readonly name: string;
  readonly holder: string | undefined;
}

/** A replica at work, and the lanes that it can drain. */
export interface SharingReplica {
  readonly id: string;
  readonly lanes: ReadonlySet<string>;
}

/**
 * The replica of each lane by the lane's name; a lane that nobody can drain has none. Nobody has two more than
 * another who could drain one of them, and no lane changes hands unless that makes shares more equal.
 */
export function shareLanes(
  lanes: readonly SharedLane[],
  replicas: readonly SharingReplica[],
): ReadonlyMap<string, string> {
  const ids = replicas.map(({ id }) => id).sort();
  const able = new Map(replicas.map(({ id, lanes: names }) => [id, names]));
  const shares = new Map<string, string[]>(ids.map((id) => [id, []]));
  const countOf = (id: string): number => shares.get(id)?.length ?? 0;
  const canDrain = (id: string, lane: string): boolean => able.get(id)?.has(lane) ?? false;

  const ordered = lanes.toSorted((a, b) => compare(a.name, b.name));
  const isKept = ({ name, holder }: SharedLane): boolean => holder !== undefined && canDrain(holder, name);
  for (const lane of ordered) if (isKept(lane)) shares.get(lane.holder ?? '')?.push(lane.name);
  for (const lane of ordered) {
    if (isKept(lane)) continue;
    const takers = ids.filter((id) => canDrain(id, lane.name));
    const least = takers.toSorted((a, b) => countOf(a) - countOf(b))[0];
    if (least !== undefined) shares.get(least)?.push(lane.name);
  }
  while (moveOne(ids, { shares, canDrain }));
  return new Map(ids.flatMap((id) => (shares.get(id) ?? []).map((lane) => [lane, id] as const)));
}

interface Shares {
  readonly shares: ReadonlyMap<string, string[]>;
  canDrain(id: string, lane: string): boolean;
}

/** From a replica to one that has at least two fewer: each move makes the shares more equal, so it comes to an end. */
function moveOne(ids: readonly string[], { shares, canDrain }: Shares): boolean {
  const bySize = ids.toSorted((a, b) => (shares.get(b)?.length ?? 0) - (shares.get(a)?.length ?? 0));
  for (const from of bySize) {
    const own = shares.get(from) ?? [];
    for (const to of bySize.toReversed()) {
      const others = shares.get(to) ?? [];
      if (own.length < others.length + 2) break;
      // The last one in the order of names: all replicas choose the same.
      const index = own.findLastIndex((lane) => canDrain(to, lane));
      if (index < 0) continue;
      others.push(...own.splice(index, 1));
      return true;
    }
  }
  return false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
