/**
 * Posts webhooks one at a time and holds the simulated DingTalk at which their messages arrive, in one process, so that both ends are
 * timed by one clock. Takes a ReceiptOrder a line on standard input, and ends with it.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { type DingTalkSim, startDingTalkSim } from '../../test/support/dingtalk-sim/server.ts';
import { createPayload, GROUPS, stamp } from './payload.ts';
import { type ReceiptOrder, type ReceiptResult, SIMULATOR_AT } from './receipt-order.ts';
import { robotName, STARTS_PER_MINUTE, TIME_SCALE } from './robots.ts';
import { median, percentile } from './statistics.ts';

const RECORDED = new URL('../../test/fixtures/alertmanager/firing-200-alerts.json', import.meta.url);
const HEADERS = { 'content-type': 'application/json' };
const RECEIVED_WITHIN_MS = 10_000;
/** Until the subject has settled what it sent and idles again. */
const PAUSE_MS = 20;
const MOST_EXAMPLES = 3;

/** Milliseconds since the Unix epoch, far finer than Date.now(). */
const now = () => performance.timeOrigin + performance.now();
const payload = createPayload(readFileSync(RECORDED, 'utf8'), 1);
let posted = 0;

const sim = await startDingTalkSim({
  robots: [{ name: robotName(0), token: robotName(0) }],
  settings: { timeScale: TIME_SCALE, startsPerMinute: STARTS_PER_MINUTE },
  now,
});
process.stdout.write(`${SIMULATOR_AT}${sim.url}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  // receipts.ts writes it.
  const result = await carryOut(JSON.parse(line) as ReceiptOrder, sim);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
await sim.close();

async function carryOut(
  { url, warmUps, posts }: ReceiptOrder,
  receiver: DingTalkSim,
): Promise<ReceiptResult> {
  const address = new URL(url);
  const client = new Client(address.origin);
  const took: number[] = [];
  const faults: string[] = [];
  for (let count = 0; count < warmUps + posts; count++) {
    receiver.forget();
    const outcome = await postOne(client, `${address.pathname}${address.search}`, receiver);
    if (typeof outcome === 'string') faults.push(outcome);
    else if (count >= warmUps) took.push(outcome);
    await sleep(PAUSE_MS);
  }
  await client.close();
  return {
    medianMs: median(took),
    p99Ms: percentile(took, 99),
    wrong: faults.length,
    examples: faults.slice(0, MOST_EXAMPLES),
  };
}

/** Milliseconds until the message was there, or what went wrong. */
async function postOne(client: Client, path: string, receiver: DingTalkSim): Promise<number | string> {
  const second = Math.floor(Date.now() / 1_000);
  stamp(payload, { group: posted % GROUPS, second, number: posted });
  posted += 1;
  const began = now();
  const { statusCode, body } = await client.request({
    method: 'POST',
    path,
    headers: HEADERS,
    body: payload.bytes,
  });
  const text = await body.text();
  if (statusCode !== 200) return `${statusCode} ${text.slice(0, 200)}`;
  while (now() - began < RECEIVED_WITHIN_MS) {
    const [message] = receiver.messages();
    if (message !== undefined) return message.shownAt - began;
    await sleep(1);
  }
  return 'no message came within 10 s';
}
