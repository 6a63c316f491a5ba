/** Added latency: from a POST to the message at the simulator, one at a time, against the same two hops in bare Node. */
import type { Bench } from '../bench.ts';
import { atMost } from '../figures.ts';
import type { ReceiptResult } from '../receipt-order.ts';
import { type Receipts, startReceipts } from '../receipts.ts';
import { robotName, sendingTo } from '../robots.ts';
import { rotated } from '../statistics.ts';
import type { Subject } from '../subject.ts';
import { onSqlite, startYardstick } from '../subjects.ts';

const MEASURE = 'latency';
/** Over the two hops, by their medians. */
const MOST_ADDED_MS = 5;

/** All rounds. */
export async function measureLatency(bench: Bench): Promise<void> {
  const receipts = await startReceipts();
  try {
    const [twoHops, ours] = subjectsTo(receipts.simulator, bench);
    for (let round = 0; round < bench.effort.rounds; round++) {
      const results = new Map<Subject, ReceiptResult>();
      for (const subject of rotated([twoHops, ours], round)) {
        bench.say(`round ${round + 1}: latency of ${subject.name}`);
        results.set(subject, await measureOne(bench, receipts, subject));
      }
      const { figures } = bench;
      const key = { measure: MEASURE, setting: '', unit: 'ms' };
      for (const [{ name: subject }, { medianMs, p99Ms }] of results) {
        figures.add({ ...key, figure: 'POST to receipt, median', subject }, medianMs);
        figures.add({ ...key, figure: 'POST to receipt, 99th percentile', subject }, p99Ms);
      }
      const of = (subject: Subject) => results.get(subject)?.medianMs ?? Number.NaN;
      const goal = atMost(MOST_ADDED_MS);
      figures.add(
        { ...key, figure: 'median over the two hops', subject: ours.name, goal },
        of(ours) - of(twoHops),
      );
    }
  } finally {
    await receipts.stop();
  }
}

function subjectsTo(simulator: string, { workshop }: Bench): readonly [Subject, Subject] {
  const robot = `${simulator}/robot/send?access_token=${robotName(0)}`;
  return [
    {
      name: 'two hops in bare node:http',
      start: async () => await startYardstick([workshop.yardstick('two-hops'), robot]),
    },
    onSqlite('notifierd', { workshop, config: sendingTo(simulator, 1) }),
  ];
}

async function measureOne(bench: Bench, receipts: Receipts, subject: Subject): Promise<ReceiptResult> {
  const { singlePosts } = bench.effort;
  const running = await subject.start();
  try {
    const [url = ''] = running.urls;
    const result = await receipts.post({ url, posts: singlePosts, warmUps: Math.ceil(singlePosts / 4) });
    const { wrong, examples } = result;
    if (wrong > 0)
      bench.wrong(`${subject.name}: ${wrong} single posts failed, such as: ${examples.join(' | ')}`);
    return result;
  } finally {
    await running.stop();
  }
}
