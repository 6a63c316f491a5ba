/**
 * The simulator's settings. Where DingTalk's documents leave a question open, the default is the answer that is worst for the
 * sender, so that a sender that passes here passes whatever the real robot does. Each open question has its setting.
 */

/** How the simulated DingTalk behaves; the same for all of its robots. */
export interface SimSettings {
  /**
   * How many times faster than the clock the robots' minute, their block and the durations of faults pass: 60 makes a minute
   * of them last one real second. Signatures, the memory of ids and the month are never scaled. Default 1.
   */
  readonly timeScale: number;
  /** Attempts that a robot takes in any minute (sliding). The next one is refused and begins the block. Default 20. */
  readonly startsPerMinute: number;
  /** Whether attempts that were refused count towards the minute. Not documented; default true, the worst case. */
  readonly countRefused: boolean;
  /** Whether each attempt during the block begins its ten minutes anew. Not documented; default true, the worst case. */
  readonly blockProlongs: boolean;
  /** The code of a throttled attempt: 130101 is what people see, 410100 what the table of codes says. Default 130101. */
  readonly throttleErrcode: 130101 | 410100;
  /** Texts of errors: short English ones (`older`), or `description:…;solution:…;link:…;` (`newer`). Default `newer`. */
  readonly wording: 'older' | 'newer';
  /** Calls in a calendar month (China's time) that all robots share; null for no limit. Default null. */
  readonly monthQuota: number | null;
  /**
   * How long a robot remembers a msgUuid, in milliseconds; 0 means never. Not documented; default 24 h. There is no single worst
   * case: a long memory is the worst for a sender that uses a refused id again, a short one for a sender that repeats late.
   */
  readonly uuidMemoryMs: number;
  /**
   * What becomes of the id of a refused attempt. Not documented. A later attempt with a consumed id is answered errcode 0 and
   * nobody sees it.
   *
   * - `consumed`: always. The default, the worst case. A sender that got no answer to one attempt and a refusal for the next must
   *   keep the id, and loses the message here whatever it does; so does one that is killed before it reads the refusal.
   * - `consumed_if_all_refused`: only while every attempt with this id was plainly refused, which the sender could know.
   * - `kept`: never.
   */
  readonly refusedUuid: 'consumed' | 'consumed_if_all_refused' | 'kept';
}

/** The settings of a simulator that is told nothing. */
export const DEFAULT_SETTINGS: SimSettings = {
  timeScale: 1,
  startsPerMinute: 20,
  countRefused: true,
  blockProlongs: true,
  throttleErrcode: 130101,
  wording: 'newer',
  monthQuota: null,
  uuidMemoryMs: 24 * 60 * 60 * 1000,
  refusedUuid: 'consumed',
};
