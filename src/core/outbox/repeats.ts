/**
 * Repeats: pure. Alertmanager delivers at least once and without ids, its twin delivers the same again, and both list whole groups again
 * when one alert changes. This file decides which alerts of a notification are news, by what its stream has brought before. The rule above
 * all others: the last word that people hear of an alert is the alert's last state in Alertmanager. Decision 3 says why it is as it is.
 */
import type { AlertState, RepeatKeys } from './contract.ts';
import {
  type AcceptedNotification,
  forget,
  type RememberedAlert,
  type StreamMemory,
} from './stream-memory.ts';

/** A notification on its way in. */
export interface Arrival extends RepeatKeys {
  readonly id: string;
  readonly at: number;
}

/** The notification is a copy, or some of its alerts are news. */
export type Judgement =
  | {
      readonly kind: 'duplicate';
      /** Of the notification that it is a copy of. */
      readonly notificationId: string;
      /** Absent if nothing has to be remembered of the copy. */
      readonly memory?: StreamMemory;
    }
  | {
      readonly kind: 'accepted';
      /** True for each alert that is news, by position. */
      readonly fresh: readonly boolean[];
      readonly memory: StreamMemory;
      /** How many notifications of the stream listed an alert from an earlier start than another poster had; 0 unless this is one. */
      readonly mixed: number;
    };

/** The second Alertmanager of a cluster waits 15 s for the first (`--cluster.peer-timeout`), the third 30 s. */
const TWIN_WITHIN_MS = 35_000;

/**
 * A notification may be stored so much after another one that was received later: two replicas, each with a queue and a look at the time of
 * its own, take in what two Alertmanagers post at once, or what one posts again because the first answer was slow.
 */
const OVERTAKEN_BY_MS = 60_000;

/** Notifications that are remembered beside the last one. A twin of an older one is told once more. */
const MOST_ACCEPTED = 64;

/** Judges a notification of the stream that the memory is of. */
export function judge(memory: StreamMemory, alerts: readonly AlertState[], arrival: Arrival): Judgement {
  const { key, at, id, poster } = arrival;
  const original = copiedFrom(memory.accepted, arrival);
  if (original !== undefined) {
    const noted = notePoster(memory, original, poster);
    return {
      kind: 'duplicate',
      notificationId: original.id,
      ...(noted === undefined ? {} : { memory: noted }),
    };
  }
  const { news, states, isMixed } = readAlerts(memory.alerts, alerts, arrival);
  const reminds = isReminder(memory.accepted.at(-1), { alerts, hasNews: news.includes(true) }, arrival);
  const mixed = memory.mixed + (isMixed ? 1 : 0);
  return {
    kind: 'accepted',
    fresh: alerts.map(({ firing }, position) => news[position] === true || (reminds && firing)),
    memory: {
      accepted: [...stillCopied(memory.accepted, at), { key, at, id, posters: [poster] }],
      alerts: forget(states, at),
      mixed,
    },
    mixed: isMixed ? mixed : 0,
  };
}

/**
 * The notification that this one is a copy of. Whoever posts it: the last one again, within the window. From another Alertmanager: an
 * earlier one, if that Alertmanager is only late, which it is if it has posted neither that one nor anything that came after it.
 */
function copiedFrom(
  accepted: readonly AcceptedNotification[],
  { key, at, windowMs, poster }: Arrival,
): AcceptedNotification | undefined {
  const last = accepted.at(-1);
  if (last === undefined || windowMs === 0) return undefined;
  if (last.key === key && ageOf(last, at) < windowMs) return last;
  for (const earlier of accepted.toReversed()) {
    if (poster === '' || earlier.posters.includes(poster)) return undefined;
    const [first = ''] = earlier.posters;
    const isLate = ageOf(earlier, at) <= TWIN_WITHIN_MS;
    if (earlier !== last && earlier.key === key && first !== '' && isLate) return earlier;
  }
  return undefined;
}

/** Of an acceptance far in the future (the clock was set back) without end: it makes no copies, its alerts are recognized as listed again. */
function ageOf(accepted: AcceptedNotification, at: number): number {
  return accepted.at - at <= OVERTAKEN_BY_MS ? at - accepted.at : Number.POSITIVE_INFINITY;
}

/** The memory with one more poster of the notification; `undefined` if that is known already. */
function notePoster(
  memory: StreamMemory,
  original: AcceptedNotification,
  poster: string,
): StreamMemory | undefined {
  if (original.posters.includes(poster)) return undefined;
  const noted = { ...original, posters: [...original.posters, poster] };
  return { ...memory, accepted: memory.accepted.map((entry) => (entry === original ? noted : entry)) };
}

/** Those that are young enough for a late twin. The notification that is accepted now comes behind them. */
function stillCopied(accepted: readonly AcceptedNotification[], at: number): readonly AcceptedNotification[] {
  const young = accepted.findIndex((entry) => at - entry.at <= TWIN_WITHIN_MS);
  return young === -1 ? [] : accepted.slice(Math.max(young, accepted.length - MOST_ACCEPTED));
}

interface Reading {
  /** By position. */
  readonly news: readonly boolean[];
  /** What is remembered of the alerts from now on. */
  readonly states: ReadonlyMap<string, RememberedAlert>;
  readonly isMixed: boolean;
}

/**
 * Each alert by its last accepted state. A list may have several entries of one alert (not from Alertmanager), the last one of which counts:
 * if that is known, none of them is news; else they are judged one after the other. Entries in one state are news or not together.
 */
function readAlerts(
  before: ReadonlyMap<string, RememberedAlert>,
  alerts: readonly AlertState[],
  { at, poster }: Arrival,
): Reading {
  const lastOf = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
  const states = new Map(before);
  const judged = new Map<string, boolean>();
  let isMixed = false;
  const news = alerts.map(({ fingerprint, firing, startsAt }) => {
    const entry = `${fingerprint} ${firing} ${startsAt}`;
    const known = judged.get(entry);
    if (known !== undefined) return known;
    const remembered = before.get(fingerprint);
    isMixed ||= isFromEarlierStart({ firing, startsAt, poster }, remembered);
    const last = lastOf.get(fingerprint);
    const isNews =
      last !== undefined &&
      isNewState(last, remembered) &&
      isNewState({ firing, startsAt }, states.get(fingerprint));
    judged.set(entry, isNews);
    const state = states.get(fingerprint);
    if (isNews) states.set(fingerprint, { firing, startsAt, listedAt: at, poster });
    else if (state !== undefined) states.set(fingerprint, { ...state, listedAt: at });
    return isNews;
  });
  return { news, states, isMixed };
}

type State = Pick<RememberedAlert, 'firing' | 'startsAt'>;

/**
 * A state is news if the alert was in the other one before, or in this one from an earlier start. Not from a later start: that is an old
 * list, or another cluster's. A resolve that differs in its end alone says nothing new.
 */
function isNewState({ firing, startsAt }: State, remembered: RememberedAlert | undefined): boolean {
  return remembered === undefined || remembered.firing !== firing || remembered.startsAt < startsAt;
}

/** It fires from one start by one poster and from an earlier one by another: two clusters post alerts with equal labels to one path. */
function isFromEarlierStart(
  { firing, startsAt, poster }: State & Pick<RememberedAlert, 'poster'>,
  remembered: RememberedAlert | undefined,
): boolean {
  if (remembered === undefined || poster === '' || remembered.poster === '') return false;
  return firing && remembered.firing && startsAt < remembered.startsAt && poster !== remembered.poster;
}

/**
 * A reminder repeats what still fires. Alertmanager says so (0.32 and newer); or, after the window, the last notification comes once more, or
 * a list of alerts that all fire and are all known. What was silenced or resolved meanwhile is not listed. A list that was cut says nothing.
 */
function isReminder(
  last: AcceptedNotification | undefined,
  { alerts, hasNews }: { readonly alerts: readonly AlertState[]; readonly hasNews: boolean },
  { reminder, truncated, key, at, windowMs }: Arrival,
): boolean {
  if (reminder) return true;
  if (last === undefined || at - Math.min(last.at, at) < windowMs) return false;
  return last.key === key || (!truncated && !hasNews && alerts.every(({ firing }) => firing));
}
