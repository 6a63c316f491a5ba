import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { createWriter } from './writer.ts';

const NEVER = new AbortController().signal;
const DELIVERED = { kind: 'delivered' };

describe('a writer to a file', () => {
  it('touches nothing before the first write, then appends', async (t) => {
    const file = join(tempDir(t), 'events');
    const writer = createWriter({ file });
    assert.equal(existsSync(file), false);
    assert.deepEqual(await writer.write('one\n', NEVER), DELIVERED);
    assert.deepEqual(await writer.write('two\n', NEVER), DELIVERED);
    assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n');
  });

  it('goes on in a new file when the old one was moved away', async (t) => {
    const file = join(tempDir(t), 'events');
    const writer = createWriter({ file });
    await writer.write('one\n', NEVER);
    renameSync(file, `${file}.1`);
    await writer.write('two\n', NEVER);
    assert.deepEqual([readFileSync(`${file}.1`, 'utf8'), readFileSync(file, 'utf8')], ['one\n', 'two\n']);
  });

  it('says that it cannot be opened, that nothing was written, and check() says the same', async (t) => {
    const file = join(tempDir(t), 'missing', 'events');
    const outcome = {
      kind: 'retry',
      reason: 'unreachable',
      ambiguous: false,
      detail: `cannot write to ${file}: ENOENT`,
    };
    assert.deepEqual(await createWriter({ file }).write('x', NEVER), outcome);
    assert.deepEqual(await createWriter({ file }).check(), outcome);
  });

  it('says that the disk is full', {
    skip: !existsSync('/dev/full') && 'needs /dev/full of Linux',
  }, async () => {
    const outcome = await createWriter({ file: '/dev/full' }).write('x', NEVER);
    assert.equal(outcome.kind === 'retry' && outcome.detail, 'cannot write to /dev/full: ENOSPC');
  });

  it('writes nothing when asked only whether it could', async (t) => {
    const file = join(tempDir(t), 'events');
    assert.deepEqual(await createWriter({ file }).check(), DELIVERED);
    assert.equal(readFileSync(file, 'utf8'), '');
  });
});

describe('a writer to standard output', () => {
  it('has delivered only when the stream has taken the text', async () => {
    const stdout = new Gate();
    let settled = false;
    const outcome = createWriter({ file: '', stdout })
      .write('x', NEVER)
      .finally(() => {
        settled = true;
      });
    await stdout.came(1);
    assert.equal(settled, false);
    stdout.take();
    assert.deepEqual(await outcome, DELIVERED);
  });

  it('bears a reader that is gone, as often as it likes', async () => {
    const stdout = new Gate(() => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    const writer = createWriter({ file: '', stdout });
    const first = await writer.write('x', NEVER);
    assert.deepEqual(first, {
      kind: 'retry',
      reason: 'unreachable',
      ambiguous: true,
      detail: 'cannot write to standard output: EPIPE',
    });
    assert.equal((await writer.write('x', NEVER)).kind, 'retry');
  });

  it('begins a new line after a text that may have been cut', async () => {
    let fails = true;
    const taken: string[] = [];
    const stdout = new Gate((text) => {
      taken.push(text);
      return fails ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : null;
    });
    const writer = createWriter({ file: '', stdout });
    await writer.write('one\n', NEVER);
    fails = false;
    await writer.write('one\n', NEVER);
    await writer.write('two\n', NEVER);
    assert.deepEqual(taken, ['one\n', '\none\n', 'two\n']);
  });

  it('ends at once when aborted, and lets the left-behind text end before the next one', async () => {
    const stdout = new Gate();
    const writer = createWriter({ file: '', stdout });
    const stop = new AbortController();
    const first = writer.write('one\n', stop.signal);
    await stdout.came(1);
    stop.abort();
    assert.deepEqual(await first, {
      kind: 'retry',
      reason: 'aborted',
      ambiguous: true,
      detail: 'notifierd is stopping',
    });
    const stopSecond = new AbortController();
    const second = writer.write('two\n', stopSecond.signal);
    stopSecond.abort();
    const outcome = await second;
    assert.equal(outcome.kind === 'retry' && outcome.ambiguous, false);
    const third = writer.write('three\n', NEVER);
    stdout.take();
    await stdout.came(2);
    stdout.take();
    assert.deepEqual(await third, DELIVERED);
    assert.deepEqual(stdout.texts, ['one\n', 'three\n']);
  });

  it('shows colours on a terminal only', () => {
    const terminal = Object.assign(new Gate(), { isTTY: true });
    assert.equal(createWriter({ file: '', stdout: new Gate() }).showsColours(), false);
    assert.equal(createWriter({ file: 'events', stdout: terminal }).showsColours(), false);
  });
});

/** A stream that takes a text when told, or answers by `decide` at once. */
class Gate extends Writable {
  readonly texts: string[] = [];
  readonly #decide: ((text: string) => Error | null) | undefined;
  #waiting: (() => void)[] = [];
  #taken: (() => void) | undefined;

  constructor(decide?: (text: string) => Error | null) {
    super();
    this.#decide = decide;
  }

  /** Node's own standard output cannot be destroyed by an error, and does it in this way. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error);
    // Not in the types of Node, because it is meant for streams such as this one only.
    (this as unknown as { _undestroy(): void })._undestroy();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.texts.push(chunk.toString());
    if (this.#decide === undefined) this.#taken = () => done();
    else done(this.#decide(chunk.toString()));
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Resolves once this many texts have come. */
  async came(count: number): Promise<void> {
    while (this.texts.length < count) await new Promise<void>((tell) => this.#waiting.push(tell));
  }

  take(): void {
    this.#taken?.();
  }
}

function tempDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'notifierd-console-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}
