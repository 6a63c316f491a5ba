/**
 * What a person may set for one DingTalk sink: the keys, their meaning and their defaults. The core reads the file, resolves the
 * `_file` twins of the credentials and checks each key's format; validate.ts finds what a format cannot see.
 */
import type { ConfigSchema } from '../../core/plugin/contract.ts';

/** How a click on a message opens its link: see https://open.dingtalk.com/document/development/message-link-description. */
export const LINK_OPENS = ['plain', 'browser', 'side_panel'] as const;

/** One of the ways to open a link. */
export type LinkOpen = (typeof LINK_OPENS)[number];

/** What many events in one message look like: https://open.dingtalk.com/document/development/robot-message-type. */
export const DIGEST_FORMS = ['markdown', 'feed_card'] as const;

/** One of the forms of many events. */
export type DigestForm = (typeof DIGEST_FORMS)[number];

/**
 * Most sends begun in any 65 s. DingTalk stops a robot for 10 minutes after more than 20 messages in a minute and does not say
 * how it counts; 18 in 65 s stay below 20 for every way of counting.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages (2026-07-14)
 */
export const MOST_SENDS_PER_WINDOW = 18;

/** The window of the pace, in milliseconds. */
export const PACE_WINDOW_MS = 65_000;

/**
 * The calls that an organization of the standard edition has in a month, for all its robots together, since 2025-11-19.
 * https://open.dingtalk.com/document/development/notice-on-the-equity-adjustment-of-enterprise-application-development-and (2026-01-22)
 */
export const STANDARD_MONTH_CALLS = 3_000;

/** DingTalk's own host. */
export const CHINA_ENDPOINT = 'https://oapi.dingtalk.com';

/** One DingTalk sink's own keys, as read from the configuration. */
export interface DingtalkConfig {
  /** `null`: what `url` says, or DingTalk's own host. */
  readonly endpoint: string | null;
  /** Of url, access_token and access_tokens exactly one is given. */
  readonly url: string | null;
  readonly access_token: string | null;
  readonly access_tokens: readonly string[];
  readonly secret: string;
  /** Empty, or one for each of access_tokens. */
  readonly secrets: readonly string[];
  readonly keyword: string;
  readonly link_open: LinkOpen;
  readonly pic_url: string;
  readonly pic_urls: Readonly<Record<string, string>>;
  readonly title_chars: number;
  readonly text_chars: number;
  readonly links_up_to: number;
  readonly digest_form: DigestForm;
  readonly digest_top: number;
  readonly late_after: number;
  readonly pace_per_window: number;
  readonly pace_reserved: number;
  /** Empty: the month's calls are not counted. */
  readonly organization: string;
  readonly month_calls: number;
}

/** What composing depends on: the sink's keys, and the name that it has in the configuration. */
export type DingtalkSettings = DingtalkConfig & { readonly sink: string };

/** The keys of a DingTalk sink. */
export const schema: ConfigSchema<DingtalkConfig> = {
  url: {
    doc: "The robot's whole webhook address, as the group's robot settings show it. Either this, or access_token, or access_tokens.",
    default: null,
    format: 'text',
    sensitive: 'token',
  },
  endpoint: {
    doc: "Where the robot lives, without /robot/send: that of DingTalk's international edition (https://oapi.dingtalk.io), or a proxy's base address. Absent: what url says, or https://oapi.dingtalk.com.",
    default: null,
    format: 'http_url',
  },
  access_token: {
    doc: "What stands behind access_token= in the robot's webhook address. Either this, or url, or access_tokens.",
    default: null,
    format: 'text',
    sensitive: 'token',
  },
  access_tokens: {
    doc: 'The access tokens of several robots of one group, in place of url or access_token: each message goes to the one with the most room. At most 10.',
    default: [],
    format: 'text_list',
    sensitive: 'token',
  },
  secret: {
    doc: 'The secret of the robot\'s security setting "sign", beginning with SEC. Empty: messages are not signed.',
    default: '',
    format: 'text',
    sensitive: 'token',
  },
  secrets: {
    doc: 'The secrets of the robots of access_tokens, one for each in the same order. Empty: no message is signed.',
    default: [],
    format: 'text_list',
    sensitive: 'token',
  },
  keyword: {
    doc: 'One of the keywords of the robot\'s security setting "keywords". It is added to the title and the text where it is missing. Empty: nothing is added.',
    default: '',
    format: 'text',
  },
  link_open: {
    doc: 'How a click on the message opens its link on a computer: plain (as the client likes), browser, or side_panel of the client.',
    default: 'plain',
    format: LINK_OPENS,
  },
  pic_url: {
    doc: 'The picture on every message: an http(s) address that DingTalk can reach, or a media id beginning with @. Empty: no picture.',
    default: '',
    format: 'text',
  },
  pic_urls: {
    doc: 'Pictures by state or severity, in place of pic_url. Keys: firing, resolved, a severity (critical, error, warning, unknown, info, none), or both, as in firing/critical.',
    default: {},
    format: 'text_map',
  },
  title_chars: {
    doc: 'Most characters of a title; a longer one is cut visibly. 0: only the byte limit of the whole message holds.',
    default: 0,
    format: 'whole',
  },
  text_chars: {
    doc: 'Most characters of a text; a longer one is cut visibly. 0: only the byte limit of the whole message holds.',
    default: 0,
    format: 'whole',
  },
  links_up_to: {
    doc: 'Most events within ten seconds that are sent as one link each. When more come, sent ones included, those that wait are folded into one digest. 0: a digest whenever two or more wait.',
    default: 5,
    format: 'whole',
  },
  digest_form: {
    doc: 'How many events become one message: markdown, as many as its bytes hold, or feed_card, pictures with titles to click on, at most eight. feed_card needs pic_url.',
    default: 'markdown',
    format: DIGEST_FORMS,
  },
  digest_top: {
    doc: 'Most lines of a markdown digest, the worst first; it then says how many more there are and how to list them. Every event still counts as delivered. 0: a line for each, nothing is left out.',
    default: 0,
    format: 'whole',
  },
  late_after: {
    doc: 'A message says how late it is if an event waited longer than this between the webhook and the message. 0: never.',
    default: '5m',
    format: 'duration',
  },
  pace_per_window: {
    doc: 'Most sends begun in any 65 seconds, 1 to 18. Lower it if other senders use the same robot.',
    default: MOST_SENDS_PER_WINDOW,
    format: 'whole',
  },
  pace_reserved: {
    doc: 'Of pace_per_window, the sends that are kept for messages led by a critical event, so that a storm of lesser alerts does not delay one.',
    default: 4,
    format: 'whole',
  },
  organization: {
    doc: 'A name for the DingTalk organization whose calls of the month are counted, a label of metrics; sinks with the same name share them. Empty: not counted.',
    default: '',
    format: 'text',
  },
  month_calls: {
    doc: 'How many calls the organization has in a calendar month, by its edition of DingTalk. Only for the count, its forecast and warnings: nothing is held back.',
    default: STANDARD_MONTH_CALLS,
    format: 'whole',
  },
};
