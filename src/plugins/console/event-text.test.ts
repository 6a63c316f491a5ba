import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { renderEvent } from './event-text.ts';
import { hostile, resolved, typical } from './testdata/events.ts';

describe('renderEvent', () => {
  const rows = [
    { name: 'typical', event: typical },
    { name: 'resolved', event: resolved },
    { name: 'hostile', event: hostile },
  ];
  for (const { name, event } of rows) {
    it(`shows the ${name} event as testdata/${name}.txt has it`, () => {
      const golden = readFileSync(new URL(`testdata/${name}.txt`, import.meta.url), 'utf8');
      assert.equal(`${renderEvent(event)}\n`, golden);
    });
  }

  it('says in the first line for which sink an event stands in', () => {
    const [head] = renderEvent({ ...typical, insteadOf: 'ops-group' }).split('\n');
    assert.equal(
      head,
      'FIRING warning  [for ops-group, which cannot deliver this]  TargetFlapping  since 2026-11-22T10:44:57Z',
    );
  });

  it('begins one line at the margin, whatever the texts say', () => {
    const lines = renderEvent(hostile).split('\n');
    assert.ok(lines.slice(1).every((line) => line.startsWith('  ')));
  });

  it('shows an event with nothing but a name and a link', () => {
    const { summary, description, runbookUrl, silenceUrl, ...bare } = typical;
    const lines = renderEvent({ ...bare, labels: {} }).split('\n');
    assert.deepEqual(lines.slice(1), ['  link     http://203.0.113.10:30027/graph?g0.expr=up&g0.tab=1']);
  });

  it('is what the README shows', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    assert.ok(readme.includes(`\n${renderEvent(typical)}\n\n${renderEvent(resolved)}\n`));
  });
});
