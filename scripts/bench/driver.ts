/**
 * The load, as a process of its own: `node driver.ts ORDER` (a LoadOrder as JSON) posts webhooks over kept connections, checks every
 * answer, and prints a LoadResult. It uses undici below its promises, because what the driver uses of the machine its subject lacks.
 */
import { readFileSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';
import { Client, type Dispatcher } from 'undici';
import { type LoadOrder, type LoadResult, MEASURING } from './load-order.ts';
import { copyOf, createPayload, GROUPS, type Stamp, stamp } from './payload.ts';

const RECORDED = new URL('../../test/fixtures/alertmanager/firing-200-alerts.json', import.meta.url);
const HEADERS = { 'content-type': 'application/json', 'user-agent': 'Alertmanager/0.28.1' };
/** Longer than notifierd itself takes to say 503. */
const PATIENCE_MS = 20_000;
const MOST_EXAMPLES = 3;

// The one who starts this process writes it.
const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const result = await run(order);
process.stdout.write(`${JSON.stringify(result)}\n`);

interface Tally {
  begun: number;
  webhooks: number;
  posted: number;
  wrong: number;
  readonly examples: string[];
}

async function run({ urls, connections, alerts, warmUpSeconds, until }: LoadOrder): Promise<LoadResult> {
  const payload = createPayload(readFileSync(RECORDED, 'utf8'), alerts);
  const nextStamp = createStamps(Date.now());
  const tally: Tally = { begun: 0, webhooks: 0, posted: 0, wrong: 0, examples: [] };
  // In microseconds: a histogram holds whole numbers.
  const latencies = createHistogram();
  let over = false;
  const mayBegin = () => !over && !('webhooks' in until && tally.begun >= until.webhooks);

  const all = Array.from({ length: connections }, async (_, index) => {
    const own = copyOf(payload);
    await postUntil(new URL(urls[index % urls.length] ?? ''), {
      mayBegin,
      begin() {
        tally.begun += 1;
        stamp(own, nextStamp());
        return own.bytes;
      },
      answered(ms) {
        tally.webhooks += 1;
        tally.posted += 1;
        latencies.record(Math.max(1, Math.round(ms * 1_000)));
      },
      failed(what) {
        tally.wrong += 1;
        if (tally.examples.length < MOST_EXAMPLES) tally.examples.push(what);
      },
    });
  });

  await passed(warmUpSeconds);
  latencies.reset();
  tally.webhooks = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  process.stdout.write(`${MEASURING}\n`);
  if ('seconds' in until) await passed(until.seconds);
  else await Promise.all(all);
  over = true;
  const { user, system } = process.cpuUsage(cpu);
  const measured = {
    webhooks: tally.webhooks,
    seconds: (performance.now() - began) / 1_000,
    latencyMs: {
      median: latencies.percentile(50) / 1_000,
      p99: latencies.percentile(99) / 1_000,
      longest: latencies.max / 1_000,
    },
    driverCpuSeconds: (user + system) / 1e6,
  };
  await Promise.all(all);
  return { ...measured, posted: tally.posted, wrong: tally.wrong, examples: tally.examples };
}

interface Posting {
  mayBegin(): boolean;
  /** The body of the next request, which stays as it is until that is answered. */
  begin(): Buffer;
  answered(ms: number): void;
  failed(what: string): void;
}

/** One connection's loop; ends when nothing may begin any more, or with the connection. */
async function postUntil(url: URL, posting: Posting): Promise<void> {
  const client = new Client(url.origin, { headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let began = 0;
  let status = 0;
  let text = '';
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode;
      text = '';
    },
    onResponseData(_controller, chunk) {
      if (status !== 200) text += chunk.toString();
    },
    onResponseEnd() {
      if (status === 200) posting.answered(performance.now() - began);
      else posting.failed(`${status} ${text.slice(0, 200)}`);
      next();
    },
    onResponseError(_controller, error) {
      posting.failed(error.message);
      end();
    },
  };
  function next(): void {
    if (!posting.mayBegin()) {
      end();
      return;
    }
    const body = posting.begin();
    began = performance.now();
    client.dispatch(
      { method: 'POST', path: `${url.pathname}${url.search}`, headers: HEADERS, body },
      handler,
    );
  }
  next();
  await ended;
  await client.destroy();
}

/** Stamps that no other run has, unless it began in the same millisecond. */
function createStamps(startMs: number): () => Stamp {
  let count = 0;
  return () => {
    const nanoseconds = (startMs % 1_000) * 1e6 + count;
    const group = count % GROUPS;
    count += 1;
    return {
      group,
      second: Math.floor(startMs / 1_000) + Math.floor(nanoseconds / 1e9),
      number: nanoseconds % 1e9,
    };
  };
}

async function passed(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
