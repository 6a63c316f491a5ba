/** Workers on demand: a replica makes one for each lane that it gets, and another when it gets the lane again. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Outbox } from '../outbox/contract.ts';
import type { Event } from '../plugin/contract.ts';
import type { Turns } from '../turns.ts';
import type { ReadySink } from './create-sinks.ts';
import type { GatherConfig } from './gather.ts';
import { createLane, type Lane } from './lane.ts';
import type { LaneLease } from './lane-lease.ts';
import type { LaneObserver } from './observer.ts';
import type { Origin, ReadEvent } from './read-events.ts';

/** What all lanes of a daemon share. */
export interface LaneParts {
  readonly gather: GatherConfig;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly observer: LaneObserver;
  /** As the intake does: from a head and an alert that it let through. */
  readonly readEvent: (head: never) => (alert: never, origin: Origin) => Event;
  /** Shared with the intake. */
  readonly turns: Pick<Turns, 'forLane'>;
  wake(lane: string): void;
}

/** Makes the worker of the lane of one of these sinks; it does not work yet. */
export function createLaneFactory(
  sinks: readonly ReadySink[],
  parts: LaneParts,
): (name: string, lease: LaneLease) => Lane {
  // What is stored is what the intake let through.
  const readEvent = parts.readEvent as ReadEvent;
  return (name, lease) => {
    const found = sinks.find((sink) => sink.name === name);
    if (found === undefined) throw new Error(`lane ${name} has no sink`);
    const { lane, ...ready } = found;
    const { paceKeys } = lane;
    const turn = parts.turns.forLane();
    const own = { name, paceKeys, lease, readEvent, turn, random: Math.random, newId: randomUUID };
    return createLane({ ...parts, ...ready, ...own });
  };
}
