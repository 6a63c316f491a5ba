/**
 * The rule of repeats, by itself and as short as it can be said: what is a copy, what is news, what is a reminder. Written from
 * docs/decisions/0003-repeats-in-the-outbox.md, not from the code; shares nothing with it. Where the words leave a question open, `isSure` is false from then on.
 */
import type { Entry, Post, Told } from './driver.ts';

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

/** A twin's notification comes at most so late: 15 s for each Alertmanager before it, and some slack. */
export const TWIN_WITHIN_MS = 35 * SECOND;

/** What became of a post by the rule. */
export interface Ruling {
  /** The number of the accepted post that this one is a copy of; absent if it is none. */
  readonly copyOf?: number;
  readonly told: readonly Told[];
}

/** One stream. */
export interface Law {
  /** What is to become of a post. Changes nothing. */
  foresee(post: Post): Ruling;
  /** Takes it, under this number. */
  take(post: Post, number: number): Ruling;
  /** False once something came up that the rule leaves open. */
  isSure(): boolean;
  /** Something may have been accepted that the law has not seen. */
  doubt(): void;
}

interface Accepted {
  readonly number: number;
  readonly key: string;
  readonly at: number;
  /** The first poster. */
  readonly by: string;
  /** Who has posted it, copies included. */
  readonly posters: Set<string>;
}

interface Known {
  readonly firing: boolean;
  readonly startsAt: number;
  readonly listedAt: number;
}

/** The rule for a stream that has brought nothing yet. */
export function createLaw(windowMs: number): Law {
  const accepted: Accepted[] = [];
  const alerts = new Map<string, Known>();
  let sure = true;

  /** What it may be a copy of: one, as a rule. */
  const originals = ({ at, externalURL = '', ...post }: Post): readonly Accepted[] => {
    const key = keyOf(post);
    const last = accepted.at(-1);
    if (last !== undefined && last.key === key && at - last.at < windowMs) return [last];
    if (externalURL === '') return [];
    const isTwin = (one: Accepted, index: number): boolean =>
      one.key === key &&
      at - one.at <= TWIN_WITHIN_MS &&
      one.by !== '' &&
      one.by !== externalURL &&
      !accepted.slice(index).some(({ posters }) => posters.has(externalURL));
    return accepted.filter(isTwin);
  };

  /** When it is forgotten in fact is left open. */
  const mayBeForgotten = (name: string, at: number): boolean => {
    const alert = alerts.get(name);
    return alert !== undefined && at - alert.listedAt >= (alert.firing ? 30 * DAY : DAY);
  };

  /** News, or all that fires if this is a reminder. */
  const read = ({ at, entries, reason, truncated = 0 }: Omit<Post, 'externalURL'>) => {
    const states = new Map<string, Known | undefined>();
    const last = accepted.at(-1);
    const news: Entry[] = [];
    let open = false;
    for (const entry of inOrder(entries)) {
      const { name, startsAt } = entry;
      const firing = entry.status === 'firing';
      const before = states.has(name) ? states.get(name) : alerts.get(name);
      open ||= mayBeForgotten(name, at);
      const isNews = before === undefined || before.firing !== firing || before.startsAt < startsAt;
      if (isNews) news.push(entry);
      else open ||= before.startsAt !== startsAt;
      states.set(name, { firing, startsAt, listedAt: at });
    }
    const fires = entries.filter(({ status }) => status === 'firing');
    const isLate = last !== undefined && at - last.at >= windowMs && news.length === 0;
    const reminder = reason === REMINDER || (isLate && truncated === 0 && fires.length === entries.length);
    open ||= isLate && !reminder && fires.length > 0;
    const told = reminder ? entries.filter((entry) => news.includes(entry) || fires.includes(entry)) : news;
    return { states, told: told.map(({ name, status, startsAt }) => ({ name, status, startsAt })), open };
  };

  const foresee = (post: Post): Ruling => {
    const [copy] = originals(post);
    return copy === undefined ? { told: read(post).told } : { copyOf: copy.number, told: [] };
  };

  return {
    foresee,
    take(post, number) {
      const { at, externalURL = '' } = post;
      const [copy, ...others] = originals(post);
      if (copy !== undefined) {
        if (others.length > 0) sure = false;
        copy.posters.add(externalURL);
        return { copyOf: copy.number, told: [] };
      }
      const { states, told, open } = read(post);
      if (open) sure = false;
      for (const [name, state] of states) if (state !== undefined) alerts.set(name, state);
      accepted.push({ number, key: keyOf(post), at, by: externalURL, posters: new Set([externalURL]) });
      return { told };
    },
    isSure: () => sure,
    doubt: () => {
      sure = false;
    },
  };
}

/** What Alertmanager says since 0.32 when nothing is new. */
export const REMINDER = 'repeat interval elapsed';

/** Equal for the same alerts in the same states with the same word about a reminder. */
function keyOf({ entries, reason, truncated = 0 }: Omit<Post, 'at' | 'externalURL'>): string {
  const states = entries.map(({ name, status, startsAt }) => [name, status, startsAt]);
  return JSON.stringify([states.sort(), reason === REMINDER, truncated]);
}

/** By their starts, and what fires last. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const rank = ({ status }: Entry) => (status === 'firing' ? 1 : 0);
  return entries.toSorted((a, b) => rank(a) - rank(b) || a.startsAt - b.startsAt);
}
