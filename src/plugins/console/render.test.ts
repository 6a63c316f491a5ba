import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compose } from './compose.ts';
import { render } from './render.ts';
import { hostile, resolved, typical } from './testdata/events.ts';

const ESC = '\u001b';

describe('render', () => {
  const text = { id: 'x', ...compose([typical, resolved, hostile], { format: 'text' }) };
  const json = { id: 'x', ...compose([typical, resolved], { format: 'json' }) };

  it('colours status and severity of each event and nothing else', () => {
    const lines = render(text, { coloured: true }).split('\n');
    const shown = lines
      .filter((line) => line.includes(ESC))
      .map((line) => line.replaceAll(ESC, '<').split('  ')[0]);
    assert.deepEqual(shown, [
      '<[33mFIRING warning<[0m',
      '<[32mRESOLVED warning<[0m',
      '<[1;31mFIRING critical<[0m',
    ]);
  });

  it('writes the body as it is without colours, and an empty line behind', () => {
    assert.equal(render(text, { coloured: false }), `${text.body}\n\n`);
  });

  it('never colours JSON, and ends its last line', () => {
    assert.equal(render(json, { coloured: true }), `${json.body}\n`);
  });
});
