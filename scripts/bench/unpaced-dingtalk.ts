/**
 * The DingTalk plugin without the vendor's limits, for the simulator alone: what notifierd itself can send, one event a message. Against
 * the real DingTalk it would get a robot blocked within seconds.
 */
import type { SinkPlugin } from '../../src/core/plugin/contract.ts';
import type { DingtalkConfig } from '../../src/plugins/dingtalk/config.ts';
import dingtalk from '../../src/plugins/dingtalk/index.ts';

export default {
  name: 'unpaced-dingtalk',
  schema: dingtalk.schema,
  create(config, host) {
    const sink = dingtalk.create(config, host);
    const { paces: _, budget: __, ...limits } = sink.limits;
    return { ...sink, limits: { ...limits, eventsPerMessage: 1 } };
  },
} satisfies SinkPlugin<DingtalkConfig>;
