import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import type { COLOURS } from './config.ts';
import { createConsoleSink } from './sink.ts';
import type { Writer } from './writer.ts';

describe('createConsoleSink', () => {
  const writer = (showsColours: boolean): Writer => ({
    showsColours: () => showsColours,
    write: async () => ({ kind: 'delivered' }),
    check: async () => ({ kind: 'delivered' }),
  });
  const rows: { colour: (typeof COLOURS)[number]; terminal: boolean; coloured: boolean }[] = [
    { colour: 'auto', terminal: true, coloured: true },
    { colour: 'auto', terminal: false, coloured: false },
    { colour: 'always', terminal: false, coloured: true },
    { colour: 'never', terminal: true, coloured: false },
  ];
  for (const { colour, terminal, coloured } of rows) {
    it(`${coloured ? 'colours' : 'does not colour'} ${terminal ? 'on' : 'without'} a terminal with colour: ${colour}`, () => {
      const sink = createConsoleSink({ format: 'text', colour, file: '' }, writer(terminal));
      const written = sink.render({ id: 'x', form: 'text', body: 'FIRING info  X' });
      assert.equal(written.includes('\u001b'), coloured);
    });
  }
});

describe('the plugin on a real standard output', () => {
  it('survives a reader that went away, and says so', async () => {
    const { errors, code } = await run({ readerLeaves: true });
    assert.match(errors, /"reason":"unreachable".*EPIPE/);
    assert.equal(code, 0);
  });

  it('stays responsive and stops on abort while nobody reads', async () => {
    const { errors, code } = await run({ readerLeaves: false });
    assert.match(errors, /"reason":"aborted"/);
    assert.equal(code, 0);
  });
});

/** Sends a megabyte in a process of its own whose standard output nobody reads; aborts unless the reader leaves. */
function run({
  readerLeaves,
}: {
  readonly readerLeaves: boolean;
}): Promise<{ errors: string; code: number | null }> {
  const script = `
    import plugin from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    const sink = plugin.create({ format: 'text', colour: 'never', file: '' });
    const stop = new AbortController();
    process.once('SIGTERM', () => stop.abort());
    const sent = sink.send({ id: 'x', form: 'text', body: 'x'.repeat(1e6) }, stop.signal);
    const alive = setInterval(() => undefined, 1000);
    process.stderr.write('sending\\n');
    process.stderr.write(JSON.stringify(await sent), () => process.exit(0));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve) => {
    let errors = '';
    child.stderr.on('data', (piece) => {
      if (errors === '' && readerLeaves) child.stdout.destroy();
      if (errors === '' && !readerLeaves) child.kill('SIGTERM');
      errors += piece;
    });
    child.once('close', (code) => resolve({ errors, code }));
    if (!readerLeaves) child.once('exit', () => child.stdout.destroy());
  });
}
