/**
 * What a person may set for one DingTalk sink: the keys, their meaning and their defaults. The core reads the file, resolves the
 * `_file` twins of the credentials and checks each key's format; validate.ts finds what a format cannot see.
 */
import type { ConfigSchema } from '../../core/plugin/contract.ts';

/** How a click on a message opens its link: see https://open.dingtalk.com/document/development/message-link-description. */
export const LINK_OPENS = ['plain', 'browser', 'side_panel'] as const;

/** One of the ways to open a link. */
export type LinkOpen = (typeof LINK_OPENS)[number];

/**
 * Most sends begun in any 65 s. DingTalk stops a robot for 10 minutes after more than 20 messages in a minute and does not say
 * how it counts; 18 in 65 s stay below 20 for every way of counting.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages (2026-07-14)
 */
export const MOST_SENDS_PER_WINDOW = 18;

/** The window of the pace, in milliseconds. */
export const PACE_WINDOW_MS = 65_000;

/** One DingTalk sink's own keys, as read from the configuration. */
export interface DingtalkConfig {
  readonly endpoint: string;
  readonly access_token: string;
  readonly secret: string;
  readonly keyword: string;
  readonly link_open: LinkOpen;
  readonly pic_url: string;
  readonly pic_urls: Readonly<Record<string, string>>;
  readonly title_chars: number;
  readonly text_chars: number;
  readonly links_up_to: number;
  readonly digest_top: number;
  readonly late_after: number;
  readonly pace_per_window: number;
  readonly pace_reserved: number;
}

/** The keys of a DingTalk sink. */
export const schema: ConfigSchema<DingtalkConfig> = {
  endpoint: {
    doc: "Where the robot lives, without /robot/send: DingTalk's own host, that of its international edition (https://oapi.dingtalk.io), or a proxy's base address.",
    default: 'https://oapi.dingtalk.com',
    format: 'http_url',
  },
  access_token: {
    doc: "The access_token of the robot's webhook address, as the group's robot settings show it.",
    default: null,
    format: 'required_text',
    sensitive: true,
  },
  secret: {
    doc: 'The secret of the robot\'s security setting "sign", beginning with SEC. Empty: messages are not signed.',
    default: '',
    format: 'text',
    sensitive: true,
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
    doc: 'Most waiting events that are sent as one link each. When more wait, as when a webhook brings more new states than this, they are folded into one digest. 0: a digest whenever two or more wait.',
    default: 5,
    format: 'whole',
  },
  digest_top: {
    doc: 'Most lines of a digest, the worst first; it then says how many more there are. Every event still counts as delivered. 0: a line for each, nothing is left out.',
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
};
