/**
 * The dead man's switch, decided: pure. Alertmanager's always-firing alert is a heartbeat; when none has come for too long, whatever
 * brings alerts to us is dead, and no alert will tell of it.
 */

/** What is expected of the heartbeat. */
export interface HeartbeatRule {
  /** How often it comes: Alertmanager's repeat_interval for it. */
  readonly intervalMs: number;
  /** How much later than that it may come. */
  readonly graceMs: number;
}

/** What to do now. */
export type Verdict =
  /** Nothing before `inMs` have passed, unless a heartbeat comes. */
  | { readonly kind: 'wait'; readonly inMs: number }
  /** Raise the alarm. */
  | { readonly kind: 'raise' }
  /** The heartbeat is back: resolve the alarm. */
  | { readonly kind: 'resolve' };

/**
 * `silentMs`: since the last heartbeat or, if none has come, since notifierd started. `heard`: one has come since then. `raised`: the
 * alarm is raised, by this process or by one before it.
 */
export function judgeSilence(
  {
    silentMs,
    heard,
    raised,
  }: { readonly silentMs: number; readonly heard: boolean; readonly raised: boolean },
  { intervalMs, graceMs }: HeartbeatRule,
): Verdict {
  const leftMs = intervalMs + graceMs - silentMs;
  if (raised) return heard && leftMs > 0 ? { kind: 'resolve' } : { kind: 'wait', inMs: intervalMs };
  return leftMs > 0 ? { kind: 'wait', inMs: leftMs } : { kind: 'raise' };
}
