/**
 * Two Alertmanagers that see the same alerts and tell notifierd of them, each in its own time: the truth is known, so is what people must
 * have heard in the end. Each tells what it saw when it began to tell, tries again as long as it has no answer, and tells no newer state
 * before it has given up on the older one; in the end each has told of the alerts that fire. What a post must bring in between says the law.
 */
import assert from 'node:assert/strict';
import { WINDOW_MS } from './accept-driver.ts';
import type { Entry, Held, Post, Stream, Told } from './driver.ts';
import { createLaw, REMINDER, TWIN_WITHIN_MS } from './law.ts';

/** One of the two. */
export type Peer = 0 | 1;

/** What happens next. What cannot happen just now does nothing. */
export type Step =
  /** To the alert. `resolves later`: a resolved one gets a later end. */
  | { readonly kind: 'truth'; readonly alert: string; readonly to: Change }
  /** An Alertmanager looks at its alerts and tells what it sees; `hasGivenUp`: nobody waits for what the outbox may yet store. */
  | { readonly kind: 'tell'; readonly peer: Peer; readonly hasGivenUp?: 'answered 503' | 'hung up' }
  /** Both at the same moment. */
  | { readonly kind: 'both tell' }
  /** It looks, and tells of it with its next `tell`. */
  | { readonly kind: 'look'; readonly peer: Peer }
  /** The answer was lost: the same again. */
  | { readonly kind: 'retry'; readonly peer: Peer }
  /** Nothing is new, and it reminds; `says`: with its reason. */
  | { readonly kind: 'remind'; readonly peer: Peer; readonly says: boolean }
  /** The outbox goes on with what nobody waits for. */
  | { readonly kind: 'release' }
  /** Who has told that alerts are resolved lists them no longer. */
  | { readonly kind: 'shrink' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'clock set back'; readonly ms: number };

/** What can happen to an alert. */
export type Change = 'fires' | 'fires from a new start' | 'is resolved' | 'resolves later';

/** Who they say they are. */
export type Addresses = readonly [string | undefined, string | undefined];

/** Different ones, as in a cluster. */
export const TWO_ADDRESSES: Addresses = ['http://am-0:9093', 'http://am-1:9093'];

const START = Date.parse('2026-11-22T10:00:00Z');

interface Snapshot {
  readonly version: number;
  readonly entries: readonly Entry[];
  readonly reason?: string;
}

interface Sender {
  /** The newest version that it has told. */
  told: number;
  looked: Snapshot | undefined;
  last: Snapshot | undefined;
  /** Alerts that it lists no longer. */
  readonly dropped: Set<string>;
}

interface Waiting {
  readonly held: Held;
  /** How many posts had been accepted when it came. */
  readonly behind: number;
}

/** Plays the steps, lets both tell what they have not told, and fails if people heard anything else than they should. */
export async function play(
  stream: Stream,
  steps: readonly Step[],
  addresses: Addresses = TWO_ADDRESSES,
): Promise<void> {
  const world = createWorld(stream, addresses);
  for (const step of steps) await world.take(step);
  await world.end();
}

function createWorld(stream: Stream, addresses: Addresses) {
  const law = createLaw(WINDOW_MS);
  const truth = new Map<string, Entry>();
  const waiting: Waiting[] = [];
  const versions = new Map<number, number>();
  const senders: Record<Peer, Sender> = { 0: createSender(), 1: createSender() };
  let [now, real, version, posts, acceptedPosts] = [START, START, 0, 0, 0];

  const pass = (ms: number) => {
    now += ms;
    real += ms;
  };
  const look = ({ dropped }: Sender, reason?: string): Snapshot => {
    const entries = [...truth.values()].filter(({ name }) => !dropped.has(name));
    return { version, entries, ...(reason === undefined ? {} : { reason }) };
  };
  const postOf = (peer: Peer, { entries, reason = 'unknown' }: Snapshot): Post => {
    const externalURL = addresses[peer];
    return { at: now, entries, reason, ...(externalURL === undefined ? {} : { externalURL }) };
  };

  /** Alertmanager cannot be told from its twin that is late if the same state comes back within the time of the twin. */
  const outwaitTheTwin = (peer: Peer, snapshot: Snapshot) => {
    const { copyOf } = law.foresee(postOf(peer, snapshot));
    if (copyOf !== undefined && (versions.get(copyOf) ?? 0) < snapshot.version) pass(TWIN_WITHIN_MS + 1_000);
  };

  const tell = async (peer: Peer, snapshot: Snapshot) => {
    outwaitTheTwin(peer, snapshot);
    const post = postOf(peer, snapshot);
    const number = ++posts;
    const ruling = law.take(post, number);
    const answer = await stream.post(post);
    const sender = senders[peer];
    sender.told = Math.max(sender.told, snapshot.version);
    sender.last = snapshot;
    if (!answer.duplicate) {
      acceptedPosts++;
      versions.set(number, snapshot.version);
    }
    if (!law.isSure()) return;
    assert.equal(answer.duplicate, ruling.copyOf !== undefined, `post ${number} is a copy`);
    assert.deepEqual(sorted(answer.told), sorted(ruling.told), `what is told of post ${number}`);
  };

  const release = async () => {
    const next = waiting.shift();
    if (next === undefined) return;
    const told = await next.held.release();
    if (next.behind < acceptedPosts) assert.deepEqual(told, [], 'nothing is stored behind a newer state');
    else law.doubt();
  };

  const change = (alert: string, to: Change) => {
    const next = afterChange(alert, { before: truth.get(alert), to, at: real });
    if (next === undefined) return;
    truth.set(alert, next);
    for (const { dropped } of Object.values(senders)) dropped.delete(alert);
    version++;
  };

  const shrink = () => {
    const isTold = Math.max(senders[0].told, senders[1].told) === version;
    for (const { looked, last, told, dropped } of Object.values(senders)) {
      if (!isTold || looked !== undefined || (last !== undefined && told < version)) continue;
      for (const { name, status } of truth.values()) if (status === 'resolved') dropped.add(name);
    }
  };

  const take = async (step: Step): Promise<void> => {
    switch (step.kind) {
      case 'truth':
        return change(step.alert, step.to);
      case 'wait':
        return pass(step.ms);
      case 'clock set back':
        law.doubt();
        now -= step.ms;
        return;
      case 'release':
        return await release();
      case 'shrink':
        return shrink();
      case 'both tell':
        if (!stream.isInOrder) law.doubt();
        await Promise.all([take({ kind: 'tell', peer: 0 }), take({ kind: 'tell', peer: 1 })]);
        return;
    }
    if (version === 0) return;
    const sender = senders[step.peer];
    // Alertmanager tells of a group one thing after the other.
    const isBusy = sender.looked !== undefined;
    switch (step.kind) {
      case 'look':
        sender.looked ??= look(sender);
        return;
      case 'retry':
        if (sender.last !== undefined && !isBusy) await tell(step.peer, sender.last);
        return;
      case 'remind': {
        const snapshot = look(sender, step.says ? REMINDER : undefined);
        const fires = snapshot.entries.some(({ status }) => status === 'firing');
        if (fires && !isBusy && sender.told === version) await tell(step.peer, snapshot);
        return;
      }
      case 'tell': {
        const snapshot = sender.looked ?? look(sender);
        sender.looked = undefined;
        if (snapshot.entries.length === 0) return;
        if (step.hasGivenUp === undefined) return await tell(step.peer, snapshot);
        const held = await stream.hold(postOf(step.peer, snapshot), step.hasGivenUp);
        waiting.push({ held, behind: acceptedPosts });
        return;
      }
      default:
        throw new Error(`no such step: ${step satisfies never}`);
    }
  };

  return {
    take,
    /** Who has begun to tell ends; then each tells, as Alertmanager does, if others fire than those of which it told. */
    async end(): Promise<void> {
      for (const peer of [1, 0] as const) {
        if (senders[peer].looked !== undefined) await take({ kind: 'tell', peer });
      }
      const isTold = Object.values(senders).some(({ last }) => last !== undefined);
      for (const peer of [0, 1] as const) {
        const { last } = senders[peer];
        pass(2_000);
        const isDue =
          last === undefined ? !isTold && peer === 0 : !haveSameFiring(last.entries, truth.values());
        if (isDue) await take({ kind: 'tell', peer });
      }
      while (waiting.length > 0) await release();
      const heard = await stream.told();
      for (const [name, { status }] of truth) {
        const last = heard.findLast((told) => told.name === name)?.status;
        // Of what came and went before anybody looked, people need not hear.
        if (last === undefined && status === 'resolved') continue;
        assert.equal(last, status, `the last word of ${name} is its last state`);
      }
    },
  };
}

function haveSameFiring(one: Iterable<Entry>, other: Iterable<Entry>): boolean {
  return namesFiring(one) === namesFiring(other);
}

function namesFiring(entries: Iterable<Entry>): string {
  const firing = [...entries].filter(({ status }) => status === 'firing');
  return firing
    .map(({ name }) => name)
    .sort()
    .join(' ');
}

function createSender(): Sender {
  return { told: 0, looked: undefined, last: undefined, dropped: new Set() };
}

/** The alert after that, or nothing if it cannot happen to it. */
function afterChange(
  name: string,
  { before, to, at }: { readonly before: Entry | undefined; readonly to: Change; readonly at: number },
): Entry | undefined {
  switch (to) {
    case 'fires':
      if (before?.status === 'firing') return undefined;
      return { name, status: 'firing', startsAt: before?.startsAt ?? at };
    case 'fires from a new start':
      return { name, status: 'firing', startsAt: Math.max(at, (before?.startsAt ?? 0) + 1) };
    case 'is resolved':
      return before?.status === 'firing'
        ? { name, status: 'resolved', startsAt: before.startsAt, endsAt: at }
        : undefined;
    case 'resolves later':
      return before?.status === 'resolved' ? { ...before, endsAt: (before.endsAt ?? at) + 1_000 } : undefined;
  }
}

function sorted(told: readonly Told[]): readonly Told[] {
  return told.toSorted((a, b) => a.name.localeCompare(b.name));
}
