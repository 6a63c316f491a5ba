/** One stream as two clusters see it that post to one path, each with a name of its own at its end. */
import type { Post, Stream, Told } from './driver.ts';

/** The stream for what this source posts. */
export function fromSource(stream: Stream, source: string): Stream {
  const named = (post: Post): Post => ({ ...post, source });
  const heard: Told[] = [];
  return {
    isInOrder: stream.isInOrder,
    told: async () => heard,
    async post(post) {
      const answer = await stream.post(named(post));
      heard.push(...answer.told);
      return answer;
    },
    async hold(post, gaveUp) {
      const held = await stream.hold(named(post), gaveUp);
      return {
        async release() {
          const told = await held.release();
          heard.push(...told);
          return told;
        },
      };
    },
  };
}
