/** One stream as two clusters see it that post to one path, each with a name of its own at its end. */
import type { Post, Stream } from './driver.ts';

/** The stream for what this source posts. */
export function fromSource(stream: Stream, source: string): Stream {
  const named = (post: Post): Post => ({ ...post, source });
  return {
    post: async (post) => await stream.post(named(post)),
    hold: async (post, gaveUp) => await stream.hold(named(post), gaveUp),
  };
}
