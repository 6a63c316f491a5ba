/** SQLite against PostgreSQL with one, two and three replicas: what they take in, and how soon a message is at the simulator. */
import { type Postgres, startPostgres } from '../../../test/support/postgres/postgres.ts';
import type { Bench } from '../bench.ts';
import { runCell } from '../cell.ts';
import { scrape } from '../metrics.ts';
import { sumOf } from '../metrics-page.ts';
import { HELD, type Sections, startNotifierd } from '../notifierd.ts';
import { type Receipts, startReceipts } from '../receipts.ts';
import { sendingTo } from '../robots.ts';
import { rotated } from '../statistics.ts';
import type { RunningSubject, Subject } from '../subject.ts';
import { onSqlite } from '../subjects.ts';

const MEASURE = 'replicas';
const ALERT_COUNTS = [1, 100];
const REPLICAS = [1, 2, 3];

/** All rounds, on one PostgreSQL server that makes its commits durable. */
export async function measureReplicas(bench: Bench): Promise<void> {
  const postgres = await startPostgres({ fsync: true });
  const receipts = await startReceipts();
  try {
    const [row] = await postgres.query('SHOW server_version');
    bench.remark(`PostgreSQL ${row?.server_version}, on this machine too, with fsync on`);
    for (let round = 0; round < bench.effort.rounds; round++) {
      await measureThroughput(bench, postgres, round);
      await measureReceipts(bench, { postgres, receipts, round });
    }
  } finally {
    await receipts.stop();
    await postgres.remove();
  }
}

async function measureThroughput(bench: Bench, postgres: Postgres, round: number): Promise<void> {
  const subjects = subjectsOf(bench, postgres, HELD);
  const { connections, alertCounts } = bench.effort;
  for (const alerts of ALERT_COUNTS.filter((count) => alertCounts.includes(count))) {
    for (const subject of rotated(subjects, round)) {
      bench.say(`round ${round + 1}: ${alerts} alerts to ${subject.name}`);
      const { webhooks, seconds, latencyMs } = await runCell(bench, subject, { alerts, connections });
      const setting = alerts === 1 ? '1 alert' : `${alerts} alerts`;
      const key = { measure: MEASURE, setting, subject: subject.name };
      bench.figures.add({ ...key, figure: 'webhooks answered', unit: '1/s' }, webhooks / seconds);
      bench.figures.add({ ...key, figure: 'time to the answer, 99th percentile', unit: 'ms' }, latencyMs.p99);
    }
  }
}

async function measureReceipts(
  bench: Bench,
  {
    postgres,
    receipts,
    round,
  }: { readonly postgres: Postgres; readonly receipts: Receipts; readonly round: number },
): Promise<void> {
  for (const subject of rotated(subjectsOf(bench, postgres, sendingTo(receipts.simulator, 1)), round)) {
    bench.say(`round ${round + 1}: latency of ${subject.name}`);
    const running = await subject.start();
    try {
      for (const { url, setting } of await doorsOf(running)) {
        await addReceipts(bench, receipts, { url, setting, subject: subject.name });
      }
    } finally {
      await running.stop();
    }
  }
}

async function addReceipts(
  bench: Bench,
  receipts: Receipts,
  { url, ...where }: { readonly url: string; readonly setting: string; readonly subject: string },
): Promise<void> {
  const posts = bench.effort.replicaPosts;
  const { medianMs, p99Ms, wrong, examples } = await receipts.post({
    url,
    posts,
    warmUps: Math.ceil(posts / 4),
  });
  if (wrong > 0)
    bench.wrong(`${where.subject}: ${wrong} single posts failed, such as: ${examples.join(' | ')}`);
  const key = { measure: MEASURE, ...where, unit: 'ms' };
  bench.figures.add({ ...key, figure: 'POST to receipt, median' }, medianMs);
  bench.figures.add({ ...key, figure: 'POST to receipt, 99th percentile' }, p99Ms);
}

/** The replica that holds the lane, and one that does not, if there is any. */
async function doorsOf({ urls, metrics }: RunningSubject) {
  const pages = await Promise.all(metrics.map(scrape));
  const holds = pages.map(({ page }) => sumOf(page, 'notifierd_lane_held') === 1);
  const holder = urls[holds.indexOf(true)];
  const other = urls[holds.indexOf(false)];
  return [
    ...(holder === undefined ? [] : [{ url: holder, setting: 'posted to the holder of the lane' }]),
    ...(other === undefined ? [] : [{ url: other, setting: 'posted to another replica' }]),
  ];
}

function subjectsOf({ workshop }: Bench, postgres: Postgres, config: Sections): readonly Subject[] {
  return [
    onSqlite('SQLite', { workshop, config }),
    ...REPLICAS.map(
      (replicas): Subject => ({
        name: replicas === 1 ? 'PostgreSQL, 1 replica' : `PostgreSQL, ${replicas} replicas`,
        async start() {
          const { url, drop } = await postgres.freshDatabase();
          const folder = workshop.folder('replicas');
          const order = { config: { ...config, outbox: { url } }, folder, replicas };
          const running = await startNotifierd(workshop, order);
          return {
            ...running,
            async stop() {
              await running.stop();
              await drop();
            },
          };
        },
      }),
    ),
  ];
}
