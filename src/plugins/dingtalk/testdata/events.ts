/** Events for this plugin's tests, shaped as Alertmanager 0.33 sends alerts. No host, token or person in them is real. */
import type { Event } from '../../../core/event/event.ts';
import type { DingtalkSettings } from '../config.ts';

/** A firing event with a description and all kinds of links; `changes` replaces what a test is about. */
export function anEvent(changes: Partial<Event> = {}): Event {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057-0',
    format: 'alertmanager',
    status: 'firing',
    name: 'TargetFlapping',
    severity: 'warning',
    originalSeverity: 'warning',
    summary: 'Target 127.0.0.1:19400 of job demo is flapping',
    description: 'demo target 127.0.0.1:19400 has value 1 for more than 3s.',
    labels: { alertname: 'TargetFlapping', instance: '127.0.0.1:19400', job: 'demo', severity: 'warning' },
    annotations: {},
    startsAt: '2026-11-22T10:44:57.52Z',
    fingerprint: '88ca43d207542053',
    generatorUrl: 'http://203.0.113.10:30027/graph?g0.expr=up%7Bjob%3D%22demo%22%7D+%3D%3D+1&g0.tab=1',
    externalUrl: 'http://203.0.113.10:30093',
    bestUrl: 'http://203.0.113.10:30027/graph?g0.expr=up%7Bjob%3D%22demo%22%7D+%3D%3D+1&g0.tab=1',
    receiver: 'ops',
    groupKey: '{}:{alertname="TargetFlapping"}',
    groupLabels: { alertname: 'TargetFlapping' },
    commonLabels: {},
    commonAnnotations: {},
    routeLabels: {},
    reason: 'unknown',
    truncatedAlerts: 0,
    receivedAt: 1_795_344_297_520,
    unknownFields: { alert: {}, notification: {} },
    ...changes,
  };
}

/** An event as anEvent() makes it, without summary and description. */
export function aWordlessEvent(changes: Partial<Event> = {}): Event {
  const { summary: _summary, description: _description, ...rest } = anEvent();
  return { ...rest, ...changes };
}

/** A configuration with all defaults, of a sink named ops-group; `changes` replaces what a test is about. */
export function aConfig(changes: Partial<DingtalkSettings> = {}): DingtalkSettings {
  return {
    sink: 'ops-group',
    endpoint: null,
    url: null,
    access_token: 'made-up-token',
    access_tokens: [],
    secret: '',
    secrets: [],
    keyword: '',
    link_open: 'plain',
    pic_url: '',
    pic_urls: {},
    title_chars: 0,
    text_chars: 0,
    links_up_to: 5,
    digest_form: 'markdown',
    digest_top: 0,
    late_after: 300_000,
    pace_per_window: 18,
    pace_reserved: 4,
    organization: '',
    month_calls: 3000,
    ...changes,
  };
}

/** One event for each golden message in this folder, by the file's name. */
export const GOLDEN_EVENTS: Readonly<Record<string, Event>> = {
  firing: anEvent(),
  resolved: aWordlessEvent({
    status: 'resolved',
    name: 'QueueLagHigh',
    summary: 'Queue orders lags 10m 40s',
    labels: { alertname: 'QueueLagHigh', queue: 'orders', severity: 'warning' },
    endsAt: '2026-11-22T10:45:11.52Z',
  }),
  'labels-only': aWordlessEvent(),
  huge: anEvent({
    name: `Huge${'Name'.repeat(2000)}`,
    description: Array.from(
      { length: 600 },
      (_, n) => `第 ${n} 行：磁盘 "/data" 使用率 97 %，请尽快处理 🔥`,
    ).join('\n'),
    bestUrl: `http://203.0.113.10:30027/graph?g0.expr=${'x'.repeat(20_000)}`,
  }),
  hostile: anEvent({
    name: 'Weird\nName\u202e\u0000 <b>&amp;</b>',
    description: [
      'bell \u0007, NUL \u0000, escape \u001b[31m, half \ud83d, CRLF\r\nline\u2028line, override \u202etxt.exe, bom \ufeff.',
      '{{ .Labels }} ${jndi:ldap://127.0.0.1/x} <script>alert("x")</script> \\ [link](http://evil.example.com/?a=1&b=2) @all',
    ].join('\n'),
  }),
  chinese: anEvent({
    name: 'Kafka副本异常',
    severity: 'critical',
    summary: '【严重】Kafka 集群 kafka-上海 的 broker 1 已离线 🔥',
    description: '机架：机房-A3\n当前值：0\n请联系值班同学 @王小明（电话 138-0000-0000）处理。',
    bestUrl: 'https://wiki.example.com/运维手册/Kafka 离线处理?版本=2&章节=3#步骤一',
  }),
};

/** For property tests: any UTF-16 code unit, half surrogates included, as a text of length one. */
export function codeUnit(code: number): string {
  return String.fromCharCode(code);
}
