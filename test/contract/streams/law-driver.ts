/** The rule in notifierd's place: shows that the rule itself leaves people with the truth, whatever comes in whichever order. */
import { WINDOW_MS } from './accept-driver.ts';
import type { Driver, Told } from './driver.ts';
import { createLaw } from './law.ts';

/** Streams that go by the rule alone. Who has given up is not heard. */
export function openLawDriver(): Driver {
  return {
    async stream() {
      const law = createLaw(WINDOW_MS);
      let posts = 0;
      const heard: Told[] = [];
      return {
        isInOrder: true,
        told: async () => heard,
        async post(post) {
          const { copyOf, told } = law.take(post, ++posts);
          heard.push(...told);
          return { duplicate: copyOf !== undefined, told };
        },
        hold: async () => ({ release: async () => [] }),
      };
    },
    close: async () => undefined,
  };
}
