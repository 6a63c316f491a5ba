/**
 * Who may keep how many bytes of webhooks in memory. Only bytes that came are counted: a sender that announces much and sends nothing
 * takes nothing from others. When there is no room, the largest body that is still being read has to go, so that the others can end;
 * large bodies never take the share of the small ones. Pure accounting: read-body.ts reads, and answers come from whoever opened a body.
 */

/** All bodies that are being read or accepted. */
export interface BodyMemory {
  /** A body begins. `refuse` is called at most once: the body has to go, is no longer counted, and counts nothing from then on. */
  open(refuse: () => void): OpenBody;
  /** Bytes that are counted now. */
  bytes(): number;
}

/** One body in memory. */
export interface OpenBody {
  /** More bytes of it came. May refuse other bodies, or this one. */
  grow(bytes: number): void;
  /** It is whole: it is not refused any more. */
  finish(): void;
  /** Nobody needs it any more. Calling it twice is fine. */
  release(): void;
}

/** The bounds. */
export interface BodyMemoryOptions {
  /** Most bytes of all bodies together. */
  readonly mostBytes: number;
  /** The part of these that only small bodies may use. */
  readonly smallShareBytes: number;
}

/** A body of up to this many bytes is small: about a hundred alerts. */
export const SMALL_BODY_BYTES = 64 * 1024;

interface Counted {
  bytes: number;
  state: 'unfinished' | 'finished' | 'gone';
  refuse(): void;
}

/** A memory without bodies. */
export function createBodyMemory({ mostBytes, smallShareBytes }: BodyMemoryOptions): BodyMemory {
  // In the order in which they began: of two equal ones the later has to go, so that the first one ends for certain.
  const bodies = new Set<Counted>();
  let small = 0;
  let large = 0;

  function count(body: Counted, bytes: number): void {
    if (isLarge(body)) large -= body.bytes;
    else small -= body.bytes;
    body.bytes = bytes;
    if (isLarge(body)) large += bytes;
    else small += bytes;
  }

  function forget(body: Counted): void {
    count(body, 0);
    body.state = 'gone';
    bodies.delete(body);
  }

  function isOverfull(): boolean {
    return large > mostBytes - smallShareBytes || small + large > mostBytes;
  }

  /** Ends, at the latest when no body is unfinished: what has finished was within the bounds when it last grew. */
  function makeRoom(): void {
    while (isOverfull()) {
      const largest = largestUnfinished(bodies);
      if (largest === undefined) return;
      forget(largest);
      largest.refuse();
    }
  }

  return {
    bytes: () => small + large,
    open(refuse) {
      const body: Counted = { bytes: 0, state: 'unfinished', refuse };
      bodies.add(body);
      return {
        grow(bytes) {
          if (body.state !== 'unfinished') return;
          count(body, body.bytes + bytes);
          makeRoom();
        },
        finish() {
          if (body.state === 'unfinished') body.state = 'finished';
        },
        release() {
          if (body.state !== 'gone') forget(body);
        },
      };
    },
  };
}

function isLarge({ bytes }: Counted): boolean {
  return bytes > SMALL_BODY_BYTES;
}

function largestUnfinished(bodies: Iterable<Counted>): Counted | undefined {
  let largest: Counted | undefined;
  for (const body of bodies) {
    if (body.state === 'unfinished' && body.bytes >= (largest?.bytes ?? 0)) largest = body;
  }
  return largest;
}
