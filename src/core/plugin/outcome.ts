/**
 * What one attempt can come to: the closed list that plugins answer with and that the core acts on. A plugin says what happened;
 * only the core decides what follows (delivery/settle.ts).
 */

/** Why an attempt ended as it did: one closed list for all plugins, and the metric label. docs/errors.md explains each. */
export const REASONS = {
  delivered: ['ok'],
  retry: [
    'unreachable', // the connection never became usable: nothing was sent
    'timeout', // no answer in time
    'connection_lost', // it failed after it had become usable, by whatever error
    'server_error', // HTTP 5xx
    'bad_answer', // an answer that is not the channel's
    'busy', // the channel says: try again
    'unknown_code', // a code that nobody has documented
    'aborted', // notifierd is stopping
    'internal', // a bug in the plugin
  ],
  throttled: ['rate_limited', 'quota_exhausted', 'egress_banned'],
  blocked: [
    'bad_credential',
    'bad_signature',
    'bad_clock',
    'keyword_missing',
    'ip_not_allowed',
    'security_setting',
    'channel_disabled',
    'channel_gone',
    'bad_endpoint',
  ],
  refused: ['too_large', 'unsafe_link', 'improper_text', 'improper_picture', 'bad_request'],
} as const;

/** The five kinds of outcome. */
export type OutcomeKind = keyof typeof REASONS;

/** A reason of one kind of outcome. */
export type ReasonOf<Kind extends OutcomeKind> = (typeof REASONS)[Kind][number];

/** Any reason. */
export type Reason = ReasonOf<OutcomeKind>;

/** How a refused message may be composed anew so that it can pass. */
export const MENDS = ['shorter', 'without_links', 'neutral_text', 'without_picture'] as const;

/** One way to mend a refused message. */
export type Mend = (typeof MENDS)[number];

/** The result of one attempt. `detail` is a short line for people: never a URL, a token or a body. */
export type Outcome =
  /** The channel has confirmed it. */
  | { readonly kind: 'delivered' }
  /** Not confirmed; the same message may pass later. `ambiguous`: it may have reached people all the same. */
  | {
      readonly kind: 'retry';
      readonly reason: ReasonOf<'retry'>;
      readonly ambiguous: boolean;
      readonly waitMs?: number;
      readonly detail: string;
    }
  /** Refused for now because too much was sent; the sinks of `scope` send nothing for `waitMs`. Never ambiguous. */
  | {
      readonly kind: 'throttled';
      readonly reason: ReasonOf<'throttled'>;
      /** `credential`: sinks with the same pace key; `plugin`: all sinks of this plugin (they share the machine's address). */
      readonly scope: 'credential' | 'plugin';
      readonly waitMs: number;
      readonly detail: string;
    }
  /** Refused until somebody mends a setting, here or at the channel. `cure` says what to do. Never ambiguous. */
  | {
      readonly kind: 'blocked';
      readonly reason: ReasonOf<'blocked'>;
      readonly detail: string;
      readonly cure: string;
    }
  /** This message can never pass as it is. `mend`: compose it anew in that way. Never ambiguous. */
  | {
      readonly kind: 'refused';
      readonly reason: ReasonOf<'refused'>;
      readonly detail: string;
      readonly mend?: Mend;
    };

/** The reason to count and record: `ok` for a delivery. */
export function reasonOf(outcome: Outcome): Reason {
  return outcome.kind === 'delivered' ? 'ok' : outcome.reason;
}

/** True unless the attempt was definitely refused: people may have seen the message. */
export function mayHaveReachedPeople(outcome: Outcome): boolean {
  return outcome.kind === 'delivered' || (outcome.kind === 'retry' && outcome.ambiguous);
}
