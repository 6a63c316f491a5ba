/** Statements that are kept by their shape: two that share one would run each other's SQL. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const OPERATIONS = new URL('../../src/core/outbox/operations/', import.meta.url);
const KEPT = /runKept\(\s*db,\s*(?<shape>`[^`]*`|'[^']*'|[^,'`]+\?[^,]+),/g;

/** With what differs in size made alike: `store ${chunk.length} pieces` is one shape. */
function shapesIn(source: string): string[] {
  return [...source.matchAll(KEPT)].flatMap(({ groups }) => {
    const shape = groups?.shape ?? '';
    const choices = /\? ('[^']*') : ('[^']*')/.exec(shape);
    return (choices === null ? [shape] : choices.slice(1)).map((one) =>
      one.replaceAll(/\$\{[^}]*\}/g, '…').slice(1, -1),
    );
  });
}

test('no two statements are kept under one shape', () => {
  const files = readdirSync(OPERATIONS).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const sources = files.map((name) => readFileSync(new URL(name, OPERATIONS), 'utf8'));
  const calls = sources.join('\n').match(/runKept\(/g)?.length ?? 0;
  const shapes = sources.flatMap(shapesIn);
  assert.ok(shapes.length >= calls - 1, `found ${shapes.length} shapes in ${calls} calls`);
  assert.deepEqual(
    shapes.filter((shape, index) => shapes.indexOf(shape) !== index),
    [],
  );
});

test('finds a shape that is used twice, whatever it is written like', () => {
  assert.deepEqual(
    shapesIn(
      [
        "runKept(db, 'a', {});",
        'runKept(\n db,\n `a $',
        "{x}`, {}); runKept(db, x === 1 ? 'b' : 'c', {})",
      ].join(''),
    ),
    ['a', 'a …', 'b', 'c'],
  );
});
