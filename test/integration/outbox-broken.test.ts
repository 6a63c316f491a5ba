/**
 * The outbox's file is damaged: by a disk, by a copy over it, by a tool that took it for something else. A start says which file it is and
 * what to do with it; a running notifierd acknowledges nothing more once it has come upon the damage, and keeps calm.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type OutboxScene, startOutboxScene } from './outbox-trouble/scene.ts';

const LIMITS = { timeout: 120_000 };
const PAGE_BYTES = 4096;
/** Enough for a file that no cache holds whole. */
const BACKLOG = { alerts: 120, alertBytes: 40_000 };

describe('a start on a broken outbox fails, naming the file and how to mend it', () => {
  const rows: readonly { readonly name: string; readonly spoil: (database: string) => void }[] = [
    { name: 'all of it is garbage', spoil: (file) => overwrite(file, 0, statSync(file).size) },
    { name: 'its first page is garbage', spoil: (file) => overwrite(file, 0, PAGE_BYTES) },
    {
      name: 'only its first page is whole',
      spoil: (file) => overwrite(file, PAGE_BYTES, statSync(file).size),
    },
    { name: 'its second half is missing', spoil: (file) => truncateSync(file, statSync(file).size >> 1) },
    { name: 'it is another kind of file', spoil: (file) => writeFileSync(file, 'sinks: {}\n'.repeat(1_000)) },
  ];
  for (const { name, spoil } of rows) {
    test(name, LIMITS, async (t) => {
      const scene = await startOutboxScene(t);
      for (let count = 0; count < 5; count++) await scene.post(`alert${count}`);
      const text =
        /\(exit 1\)[\s\S]*notifierd: \S+notifierd\.db is not a usable SQLite database: .+\n {2}move it .*\.recover/;
      await assert.rejects(
        scene.restart(() => {
          flushLog(scene.database);
          spoil(scene.database);
        }),
        text,
      );
      // As the text says.
      await scene.restart(() => {
        for (const end of ['', '-wal', '-shm']) moveIfThere(`${scene.database}${end}`);
      });
      assert.equal((await scene.post('after')).status, 200);
    });
  }
});

test(
  'damage that is found while notifierd runs: 503 from then on, one clear line, and no busy loop',
  LIMITS,
  async (t) => {
    const scene = await startOutboxScene(t, BACKLOG);
    for (let count = 0; count < BACKLOG.alerts; count++) await scene.post(`alert${count}`);
    const { size } = statSync(scene.database);
    overwrite(scene.database, PAGE_BYTES, size);
    await eventually('a webhook is refused', async () => (await scene.post('later')).status === 503);

    const before = cpuSeconds(scene);
    for (let count = 0; count < 20; count++) {
      assert.deepEqual(await scene.post(`later${count}`).then(({ status, code }) => [status, code]), [
        503,
        'outbox_unavailable',
      ]);
      // Lanes and probes knock too: what they cost is seen in time that passes.
      await sleep(100);
    }
    assert.match(await scene.ready(), /^503 not ready\n.*notifierd\.db is damaged/);
    assert.equal((await fetch(`${scene.daemon().url}/-/healthy`)).status, 200);
    assert.ok(cpuSeconds(scene) - before < 1, `${cpuSeconds(scene) - before} s of CPU in two seconds`);
    const lines = scene
      .daemon()
      .logs()
      .split('\n')
      .filter((line) => /"level":"(?:warn|error)"/.test(line));
    assert.ok(lines.length <= 5, lines.join('\n'));
    assert.match(
      lines.join('\n'),
      /"level":"error"[^\n]*is damaged[^\n]*"msg":"the outbox takes no notifications"/,
    );
  },
);

function overwrite(file: string, from: number, to: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, randomBytes(to - from), 0, to - from, from);
  closeSync(descriptor);
}

/** All that was committed stands in the file itself. */
function flushLog(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('pragma wal_checkpoint(truncate)');
  database.close();
}

function moveIfThere(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) renameSync(file, `${file}.broken`);
}

/** Of the whole process, its threads included: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, fields 14 and 15. */
function cpuSeconds(scene: OutboxScene): number {
  const fields = readFileSync(`/proc/${scene.daemon().pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
