/** Webhooks through accept() into a real outbox, and back out of the lane that people are told from. */
import { join } from 'node:path';
import { UnavailableError } from '../../../src/core/errors.ts';
import { type Accept, createAccept } from '../../../src/core/intake/accept.ts';
import type { NewNotification, Outbox } from '../../../src/core/outbox/contract.ts';
import { openSqliteOutbox } from '../../../src/core/outbox/sqlite/engine.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import type { Driver, Post, Stream, Told } from './driver.ts';
import { bytesOf, toldOf } from './payload.ts';

const PATH = '/webhook/alertmanager';

/** dedup_window, as long as it is unless told. */
export const WINDOW_MS = 6 * 60_000;

/** Over an outbox of its own, on SQLite. */
export async function openAcceptDriver(): Promise<Driver> {
  const dir = createTempDir();
  const outbox = await openSqliteOutbox({ file: join(dir.path, 'outbox.db') });
  return acceptInto([outbox], async () => {
    await outbox.close();
    dir.remove();
  });
}

/** Over the engines of so many replicas, which take the webhooks in turn. */
export function acceptInto(engines: readonly Outbox[], close: () => Promise<void>): Driver {
  const [outbox] = engines;
  if (outbox === undefined) throw new Error('one replica at least');
  let streams = 0;
  return {
    async stream() {
      const lane = `stream-${++streams}`;
      await outbox.registerLanes([{ name: lane, plugin: 'p', paceKeys: [lane], configHash: 'c' }]);
      return streamInto(engines, lane);
    },
    close,
  };
}

function streamInto(engines: readonly Outbox[], lane: string): Stream {
  const time = createTime();
  let posts = 0;
  let gate: Gate | undefined;
  const acceptOver = (outbox: Outbox): Accept =>
    createAccept({
      outbox: {
        ...outbox,
        async append(notification: NewNotification) {
          const closed = gate;
          gate = undefined;
          closed?.reached.resolve(notification.id);
          await closed?.open.promise;
          try {
            return await outbox.append(notification);
          } finally {
            closed?.passed.resolve();
          }
        },
      },
      route: () => [lane],
      severityLabel: 'severity',
      clock: time.clock,
      dedupWindowMs: WINDOW_MS,
      observer: NOBODY,
      newId: () => `${lane}-${++posts}`,
      turns: { read: () => undefined, next: (callback) => void setImmediate(callback) },
      inOrder: false,
      wake: () => undefined,
    });
  const replicas = engines.map((outbox) => ({ outbox, accept: acceptOver(outbox) }));
  const nextReplica = () => replicas[posts % replicas.length] ?? raise();
  const arrivalOf = (post: Post, isWanted: () => boolean) => {
    time.set(post.at);
    const { source } = post;
    return { path: PATH, bytes: bytesOf(post, lane), isWanted, ...(source === undefined ? {} : { source }) };
  };
  const told = async (isWanted: (id: string) => boolean): Promise<Told[]> => {
    const { events } = await nextReplica().outbox.page({ lane, maxEvents: 50_000, maxBytes: 1 << 28 });
    return events
      .filter(({ piece }) => isWanted(piece.notificationId))
      .map(({ piece, place }) => toldOf(piece.alerts, place.index));
  };
  const toldOfPost = async (id: string) => await told((one) => one === id);
  return {
    isInOrder: replicas.length === 1,
    told: async () => await told(() => true),
    async post(post) {
      const receipt = await nextReplica().accept(arrivalOf(post, () => true));
      if (receipt === undefined) throw new Error('a sender that waits is answered');
      const { duplicate, queued, notificationId } = receipt;
      return { duplicate, told: queued === 0 ? [] : await toldOfPost(notificationId) };
    },
    async hold(post, gaveUp) {
      const closed = createGate();
      gate = closed;
      let wanted = true;
      const answered = nextReplica()
        .accept(arrivalOf(post, () => wanted))
        .catch((error: unknown) => {
          if (!(error instanceof UnavailableError)) throw error;
        });
      const id = await closed.reached.promise;
      if (gaveUp === 'hung up') wanted = false;
      else time.passes();
      return {
        async release() {
          closed.open.resolve();
          await closed.passed.promise;
          await answered;
          return await toldOfPost(id);
        },
      };
    },
  };
}

const NOBODY = {
  accepted: () => undefined,
  notStored: () => undefined,
  duplicate: () => undefined,
  mixed: () => undefined,
};

/** Where one webhook waits before the outbox. */
interface Gate {
  /** With its id. */
  readonly reached: PromiseWithResolvers<string>;
  readonly open: PromiseWithResolvers<void>;
  readonly passed: PromiseWithResolvers<void>;
}

function createGate(): Gate {
  return {
    reached: Promise.withResolvers<string>(),
    open: Promise.withResolvers<void>(),
    passed: Promise.withResolvers<void>(),
  };
}

/** A clock that stands at the time of a post. */
function createTime() {
  let now = 0;
  let due: (() => void)[] = [];
  return {
    set(at: number) {
      now = at;
    },
    /** All that waits for a time to pass has waited for long enough. */
    passes() {
      const acts = due;
      due = [];
      for (const act of acts) act();
    },
    clock: {
      now: () => now,
      elapsed: () => 0,
      wait: async () => undefined,
      after(_ms: number, act: () => void) {
        due.push(act);
        return () => {
          due = due.filter((one) => one !== act);
        };
      },
    },
  };
}

function raise(): never {
  throw new Error('no replica');
}
