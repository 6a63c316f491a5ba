/** The other half of a sink: send() and check() against real sockets and all that can go wrong there, and close(). */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { Outcome, SealedMessage, Sink } from '../../../src/core/plugin/contract.ts';
import { leaksIn } from '../../support/leaks.ts';
import { calm } from './compose-check.ts';
import { checkOutcome } from './outcome-check.ts';
import { readRecordedEvents } from './recorded-events.ts';
import { makeSink, type SampleSink, type Subject } from './subject.ts';
import { startTroubledServer, type TroubledServer } from './troubled-server.ts';
import {
  ANSWERS,
  ELSEWHERE,
  LOST_ANSWERS,
  NO_ANSWER,
  RESET_UNREAD,
  type Trouble,
  WAIT_ASKED_MS,
} from './troubles.ts';

/** How soon send() must end once its signal aborts. */
const ENDS_WITHIN_MS = 1000;
const NEVER = new AbortController().signal;

/** Tests of what a sink sends. */
export function describeSending(subject: Subject): void {
  const start = async (trouble: Trouble, context: TestContext): Promise<Scene> => {
    const server = await startTroubledServer(trouble, context);
    return { server, sample: await makeSink(subject, server.url, context) };
  };

  describe('send()', () => {
    for (const trouble of ANSWERS) {
      test(`tells what became of it: ${trouble.name}`, async (context) => {
        const scene = await start(trouble, context);
        const outcome = await sendChecked(scene, NEVER);
        if (!hasReached(scene) || subject.conformance.delivered.includes(trouble.status)) return;
        assert.notEqual(outcome.kind, 'delivered', 'this is not how the channel confirms a message');
        const asked = trouble.headers?.['retry-after'] === String(WAIT_ASKED_MS / 1000);
        if (asked && outcome.kind === 'throttled') assert.ok(outcome.waitMs >= WAIT_ASKED_MS);
      });
    }

    for (const trouble of LOST_ANSWERS) {
      test(`says that people may have the message: ${trouble.name}`, async (context) => {
        const scene = await start(trouble, context);
        const outcome = await sendChecked(scene, NEVER);
        if (hasReached(scene)) assert.ok(isRetry(outcome, { ambiguous: true }), JSON.stringify(outcome));
      });
    }

    test(`does not take it for delivered: ${RESET_UNREAD.name}`, async (context) => {
      const scene = await start(RESET_UNREAD, context);
      const outcome = await sendChecked(scene, NEVER);
      if (hasReached(scene)) assert.equal(outcome.kind, 'retry');
    });

    test('knows that nothing arrived where nobody listens', async (context) => {
      const scene = await start(NO_ANSWER, context);
      await scene.server.close();
      const outcome = await sendChecked(scene, NEVER);
      if (hasReached(scene)) assert.ok(isRetry(outcome, { ambiguous: false }), JSON.stringify(outcome));
    });

    test('ends as aborted soon after the signal, with the request under way', async (context) => {
      const scene = await start(NO_ANSWER, context);
      const stop = new AbortController();
      const sending = sendChecked(scene, stop.signal);
      await Promise.race([scene.server.arrived, sending]);
      stop.abort();
      const outcome = await soon(sending);
      if (!hasReached(scene)) return;
      assert.ok(isRetry(outcome, { ambiguous: true }), JSON.stringify(outcome));
      assert.equal(outcome.reason, 'aborted');
    });

    test('settles when it is asked after the signal, and sends nothing', async (context) => {
      const scene = await start(NO_ANSWER, context);
      const outcome = await soon(sendChecked(scene, AbortSignal.abort()));
      assert.deepEqual(scene.server.requests(), []);
      if (outcome.kind !== 'delivered') assert.equal(outcome.kind === 'retry' && outcome.reason, 'aborted');
    });

    test('works again after it has failed', async (context) => {
      const scene = await start(RESET_UNREAD, context);
      const first = await sendChecked(scene, NEVER);
      const second = await sendOutcome(scene.sample.sink, NEVER);
      assert.equal(second.kind, first.kind);
    });
  });

  describe('check()', () => {
    for (const trouble of [...ANSWERS, ...LOST_ANSWERS, RESET_UNREAD]) {
      test(`answers with an outcome: ${trouble.name}`, async (context) => {
        const scene = await start(trouble, context);
        const outcome = await scene.sample.sink.check?.(NEVER);
        if (outcome === undefined) return;
        checkOutcome(outcome);
        checkSecrets(scene.sample, outcome);
      });
    }
  });

  describe('close()', () => {
    test('may come before anything was sent, and twice', async (context) => {
      const { sample } = await start(NO_ANSWER, context);
      await sample.sink.close?.();
      await sample.sink.close?.();
    });

    test('may come after a failed send, and twice', async (context) => {
      const scene = await start(RESET_UNREAD, context);
      await sendChecked(scene, NEVER);
      await scene.sample.sink.close?.();
      await scene.sample.sink.close?.();
    });
  });
}

interface Scene {
  readonly server: TroubledServer;
  readonly sample: SampleSink;
}

/** Sends one message and checks what holds for every send, whatever came back. */
async function sendChecked({ server, sample }: Scene, signal: AbortSignal): Promise<Outcome> {
  const outcome = await sendOutcome(sample.sink, signal);
  checkOutcome(outcome);
  checkSecrets(sample, outcome);
  const requests = server.requests();
  assert.ok(sample.posts() <= 1, `send() posted ${sample.posts()} times`);
  assert.ok(requests.length <= 1, `send() made ${requests.length} requests`);
  assert.ok(server.connections() <= 1, `send() connected ${server.connections()} times`);
  assert.ok(!requests.includes(ELSEWHERE), 'send() followed a redirect');
  return outcome;
}

async function sendOutcome(sink: Sink, signal: AbortSignal): Promise<Outcome> {
  return await sink.send(sealed(sink), signal);
}

function sealed(sink: Sink): SealedMessage {
  const [webhook] = readRecordedEvents().filter(({ name }) => name === 'firing-typical.json');
  const events = webhook?.events ?? [];
  const { form, body } = sink.compose(events, calm(events));
  return Object.freeze({ id: randomUUID(), form, body });
}

function checkSecrets({ secrets, said }: SampleSink, outcome: Outcome): void {
  assert.deepEqual(leaksIn(JSON.stringify(outcome), secrets), [], 'a secret stands in the outcome');
  assert.deepEqual(leaksIn(said(), secrets), [], 'a secret was logged');
}

/** False for a channel that is not on the network: its sends may succeed whatever the server does. */
function hasReached({ server, sample }: Scene): boolean {
  return sample.posts() > 0 || server.connections() > 0;
}

function isRetry(
  outcome: Outcome,
  { ambiguous }: { readonly ambiguous: boolean },
): outcome is Extract<Outcome, { kind: 'retry' }> {
  return outcome.kind === 'retry' && outcome.ambiguous === ambiguous;
}

async function soon<Result>(promise: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`not settled ${ENDS_WITHIN_MS} ms after the signal`)),
    ENDS_WITHIN_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
