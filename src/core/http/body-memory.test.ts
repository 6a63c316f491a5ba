import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBodyMemory, type OpenBody, SMALL_BODY_BYTES } from './body-memory.ts';

const KIB = 1024;
const MOST = 8192 * KIB;
const SMALL_SHARE = 1024 * KIB;
/** The largest body that these tests post: seven of them have room beside the small share. */
const LARGEST = 1024 * KIB;

describe('createBodyMemory', () => {
  it('counts what came and not what was announced: any number of silent bodies takes nothing', () => {
    const scene = start();
    for (let i = 0; i < 1_000; i += 1) scene.open(`silent ${i}`);
    const good = scene.open('good');
    good.grow(LARGEST);
    good.finish();
    assert.deepEqual([scene.refused, scene.memory.bytes()], [[], LARGEST]);
  });

  it('refuses the largest unfinished body when the bound is reached, and goes on with the others', () => {
    const scene = start();
    const sizes = [900, 1024, 1000, 800, 900, 950, 990];
    const bodies = sizes.map((size, index) => grown(scene.open(`body ${index}`), size * KIB));
    grown(scene.open('the last'), 900 * KIB);
    assert.deepEqual(scene.refused, ['body 1']);
    for (const body of bodies) body.finish();
    assert.deepEqual(scene.refused, ['body 1']);
  });

  it('refuses the later of two equal ones, so that the first ends for certain', () => {
    const scene = start();
    for (let i = 0; i < 8; i += 1) grown(scene.open(`body ${i}`), LARGEST);
    assert.deepEqual(scene.refused, ['body 7']);
  });

  it('never refuses a whole body', () => {
    const scene = start();
    for (let i = 0; i < 7; i += 1) grown(scene.open(`whole ${i}`), LARGEST).finish();
    grown(scene.open('late'), SMALL_BODY_BYTES + 1);
    assert.deepEqual([scene.refused, scene.memory.bytes()], [['late'], 7 * LARGEST]);
  });

  it('keeps a share for small bodies, however many large ones there are', () => {
    const scene = start();
    for (let i = 0; i < 7; i += 1) grown(scene.open(`large ${i}`), LARGEST).finish();
    for (let i = 0; i < SMALL_SHARE / SMALL_BODY_BYTES; i += 1) {
      grown(scene.open(`small ${i}`), SMALL_BODY_BYTES).finish();
    }
    assert.deepEqual([scene.refused, scene.memory.bytes()], [[], MOST]);
  });

  it('has room again once a body is released, however often it is released', () => {
    const scene = start();
    const bodies = Array.from({ length: 7 }, (_, index) => grown(scene.open(`${index}`), LARGEST));
    bodies[0]?.release();
    bodies[0]?.release();
    assert.equal(scene.memory.bytes(), 6 * LARGEST);
    grown(scene.open('next'), LARGEST);
    assert.deepEqual(scene.refused, []);
  });

  it('counts nothing more of a body that was refused or released', () => {
    const scene = start();
    const [refused] = Array.from({ length: 8 }, (_, index) => grown(scene.open(`${index}`), LARGEST)).slice(
      -1,
    );
    const before = scene.memory.bytes();
    refused?.grow(5);
    refused?.finish();
    refused?.release();
    assert.equal(scene.memory.bytes(), before);
  });
});

/** What may happen to one of several bodies. */
const steps = fc.array(
  fc.record({
    who: fc.nat({ max: 39 }),
    does: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ kind: fc.constant('grow' as const), bytes: fc.nat({ max: 300 * KIB }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const) }) },
    ),
  }),
  { minLength: 100, maxLength: 600 },
);

describe('in any history of bodies', () => {
  it('the bound holds, a body is refused only while seven others have their bytes, and small ones only for small ones', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const bodies = new Map<number, { came: number; isWhole: boolean; open: OpenBody }>();
        const memory = createBodyMemory({ mostBytes: MOST, smallShareBytes: SMALL_SHARE });
        const begin = (who: number) => {
          const open = memory.open(() => {
            const came = bodies.get(who)?.came ?? 0;
            bodies.delete(who);
            const others = [...bodies.values()];
            assert.ok(
              others.every((other) => other.isWhole || other.came <= came),
              'the largest has to go',
            );
            const kept = others.reduce((sum, other) => sum + other.came, 0);
            assert.ok(kept + LARGEST > MOST - SMALL_SHARE, `others keep ${kept} bytes only`);
            if (came > SMALL_BODY_BYTES) return;
            const small = others.filter((other) => other.came <= SMALL_BODY_BYTES);
            assert.ok(came + small.reduce((sum, other) => sum + other.came, 0) > SMALL_SHARE);
          });
          const body = { came: 0, isWhole: false, open };
          bodies.set(who, body);
          return body;
        };
        for (const { who, does } of history) {
          const body = bodies.get(who) ?? begin(who);
          if (does.kind === 'release') {
            body.open.release();
            bodies.delete(who);
          } else if (does.kind === 'end') {
            body.open.finish();
            body.isWhole = true;
          } else if (!body.isWhole && body.came + does.bytes <= LARGEST) {
            body.came += does.bytes;
            body.open.grow(does.bytes);
          }
          const kept = [...bodies.values()].map(({ came }) => came);
          assert.equal(
            memory.bytes(),
            kept.reduce((sum, came) => sum + came, 0),
          );
          assert.ok(memory.bytes() <= MOST);
          const large = kept.filter((came) => came > SMALL_BODY_BYTES);
          assert.ok(large.reduce((sum, came) => sum + came, 0) <= MOST - SMALL_SHARE);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('at least seven of any number of bodies end, in whatever order their bytes come', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: LARGEST }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.nat()), (wanted, chance) => {
        const memory = createBodyMemory({ mostBytes: MOST, smallShareBytes: SMALL_SHARE });
        const left = new Map<number, { missing: number; open: OpenBody }>();
        let whole = 0;
        for (const [index, missing] of wanted.entries()) {
          left.set(index, { missing, open: memory.open(() => left.delete(index)) });
        }
        for (let next = chance.next(); left.size > 0 && !next.done; next = chance.next()) {
          const entry = [...left][next.value % left.size];
          if (entry === undefined) break;
          const [index, body] = entry;
          const bytes = Math.min(body.missing, 64 * KIB);
          body.missing -= bytes;
          body.open.grow(bytes);
          if (body.missing > 0 || !left.has(index)) continue;
          body.open.finish();
          left.delete(index);
          whole += 1;
        }
        assert.ok(whole >= Math.min(7, wanted.length), `${whole} of ${wanted.length}`);
      }),
      { numRuns: 300 },
    );
  });
});

function start() {
  const refused: string[] = [];
  const memory = createBodyMemory({ mostBytes: MOST, smallShareBytes: SMALL_SHARE });
  return { memory, refused, open: (name: string) => memory.open(() => refused.push(name)) };
}

function grown(body: OpenBody, bytes: number): OpenBody {
  body.grow(bytes);
  return body;
}
