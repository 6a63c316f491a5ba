import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compose, composePlain } from './compose.ts';
import { hostile, resolved, typical } from './testdata/events.ts';

const UNSAFE = /[\p{Cc}\p{Bidi_Control}]/u;

describe('compose', () => {
  for (const format of ['text', 'json'] as const) {
    it(`covers every event, in order, as ${format}`, () => {
      const events = [typical, resolved, hostile];
      const message = compose(events, { format });
      assert.equal(message.covers, 3);
      assert.equal(message.form, format);
      assert.deepEqual(compose(events, { format }), message);
      assert.ok(message.body.indexOf('warning') < message.body.indexOf('critical'));
    });

    it(`leaves nothing that a terminal would obey in ${format}`, () => {
      for (const line of compose([hostile], { format }).body.split('\n')) assert.doesNotMatch(line, UNSAFE);
    });
  }

  it('writes the whole event as one line of JSON that reads back as it was', () => {
    const lines = compose([typical, hostile], { format: 'json' }).body.split('\n');
    assert.equal(lines.length, 2);
    assert.deepEqual(JSON.parse(lines[0] ?? ''), typical);
    assert.deepEqual(JSON.parse(lines[1] ?? ''), hostile);
  });
});

describe('composePlain', () => {
  const alert = { title: 'A\u001b[2J', text: 'b\nc', url: 'http://x/' };

  it('shows title, text and link', () => {
    const message = composePlain(alert, { format: 'text' });
    assert.deepEqual(message, { form: 'text', body: 'A\\u001b[2J\n  b⏎c\n  http://x/', covers: 1 });
  });

  it('is one line of JSON where JSON is wanted', () => {
    const message = composePlain(alert, { format: 'json' });
    assert.deepEqual(JSON.parse(message.body), alert);
    assert.doesNotMatch(message.body, UNSAFE);
  });
});
