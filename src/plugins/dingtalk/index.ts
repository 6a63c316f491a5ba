/**
 * The DingTalk channel: messages of the form `link` to a group's custom robot. This file only puts the parts together; README.md
 * beside it is the user's page.
 */
import type { Budget, Limits, SinkPlugin } from '../../core/plugin/contract.ts';
import { compose, EVENTS_PER_MESSAGE } from './compose.ts';
import { type DingtalkConfig, PACE_WINDOW_MS, schema } from './config.ts';
import { plainLink } from './link.ts';
import { LARGEST_BODY_BYTES, renderBody } from './message.ts';
import { createSend } from './robot.ts';
import { robotWarnings } from './robot-faults.ts';
import { robotsOf } from './robots.ts';
import { validate } from './validate.ts';

export default {
  name: 'dingtalk',
  schema,
  validate,
  warn: robotWarnings,
  create(config, host) {
    return {
      limits: limitsOf(config),
      compose: (events, context) => compose(events, context, { ...config, sink: host.sink }),
      plain: (title, text, url) => plainLink({ title, text }, url, config),
      render: renderBody,
      send: createSend(config, host),
    };
  },
} satisfies SinkPlugin<DingtalkConfig>;

/** DingTalk counts per robot, and a robot is its host and its access token: sinks that share them share the pace. */
function limitsOf(config: DingtalkConfig): Limits {
  const { endpoint, credentials } = robotsOf(config);
  const { host } = new URL(endpoint);
  const pace = {
    starts: config.pace_per_window,
    windowMs: PACE_WINDOW_MS,
    // A slow pace keeps at least one send for everything else.
    reserved: Math.min(config.pace_reserved, config.pace_per_window - 1),
  };
  return {
    eventsPerMessage: EVENTS_PER_MESSAGE,
    messageBytes: LARGEST_BODY_BYTES,
    paces: credentials.map(({ accessToken }) => ({ ...pace, credential: `${host} ${accessToken}` })),
    ...(config.organization === '' ? {} : { budget: budgetOf(config) }),
  };
}

/** The month turns in China, where DingTalk is. */
const CHINA_AHEAD_OF_UTC_MS = 8 * 3_600_000;

function budgetOf({ organization, month_calls }: DingtalkConfig): Budget {
  return { organization, callsPerMonth: month_calls, utcOffsetMs: CHINA_AHEAD_OF_UTC_MS };
}
