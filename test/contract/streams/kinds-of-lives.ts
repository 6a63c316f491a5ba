/** The kinds of random lives, each with those who tell of it. Another test plays each on another engine, or longer. */
import type fc from 'fast-check';
import { life, setBackLife, troubledLife } from './random-lives.ts';
import { type Addresses, type Step, TWO_ADDRESSES } from './world.ts';

/** One kind. */
export interface KindOfLife {
  readonly name: string;
  readonly lives: fc.Arbitrary<readonly Step[]>;
  readonly addresses: Addresses;
}

const ONE_ADDRESS: Addresses = [TWO_ADDRESSES[0], TWO_ADDRESSES[0]];

const TELLERS: readonly { readonly who: string; readonly addresses: Addresses }[] = [
  { who: 'told by two with an address each', addresses: TWO_ADDRESSES },
  { who: 'told by two with one address', addresses: ONE_ADDRESS },
  { who: 'told by two without an address', addresses: [undefined, undefined] },
];

/** All of them. */
export const KINDS_OF_LIVES: readonly KindOfLife[] = [
  ...TELLERS.flatMap(({ who, addresses }) => [
    { name: `in random lives, ${who}`, lives: life, addresses },
    { name: `in random lives with webhooks that nobody waits for, ${who}`, lives: troubledLife, addresses },
  ]),
  // By such a clock nobody can tell a twin that is late from a state that has come back.
  { name: 'in random lives by a clock that is set back', lives: setBackLife, addresses: ONE_ADDRESS },
];
