/**
 * Events that the tests of this plugin share: a typical one, its end, and one whose texts try everything.
 */
import type { Event } from '../../../core/plugin/contract.ts';

/** A warning as Prometheus's users write them. */
export const typical: Event = {
  id: 'n1-0',
  format: 'alertmanager',
  status: 'firing',
  name: 'TargetFlapping',
  severity: 'warning',
  originalSeverity: 'warning',
  summary: 'Target 127.0.0.1:19400 of job demo is flapping',
  description: 'demo target 127.0.0.1:19400 has value 1 for more than 3s.',
  labels: {
    alertname: 'TargetFlapping',
    instance: '127.0.0.1:19400',
    job: 'demo',
    severity: 'warning',
    team: 'platform on call',
  },
  annotations: { summary: 'Target 127.0.0.1:19400 of job demo is flapping' },
  startsAt: '2026-11-22T10:44:57.52Z',
  fingerprint: '88ca43d207542053',
  generatorUrl: 'http://203.0.113.10:30027/graph?g0.expr=up&g0.tab=1',
  externalUrl: 'http://203.0.113.10:30093',
  runbookUrl: 'https://runbooks.example.com/targetflapping',
  silenceUrl: 'http://203.0.113.10:30093/#/silences/new?filter=%7Bjob%3D%22demo%22%7D',
  bestUrl: 'http://203.0.113.10:30027/graph?g0.expr=up&g0.tab=1',
  receiver: 'ops',
  groupKey: '{}:{alertname="TargetFlapping"}',
  groupLabels: { alertname: 'TargetFlapping' },
  commonLabels: {},
  commonAnnotations: {},
  routeLabels: {},
  reason: 'first notification',
  truncatedAlerts: 0,
  receivedAt: 1_795_344_307_520,
  unknownFields: { alert: {}, notification: {} },
};

/** The end of the typical one. */
export const resolved: Event = {
  ...typical,
  id: 'n2-0',
  status: 'resolved',
  endsAt: '2026-11-22T19:02:03.004+08:00',
};

/** Its texts hold what a terminal would obey, and lines that pretend to be other events. */
export const hostile: Event = {
  ...typical,
  name: 'Disk\u001b[2Jfull\u0007',
  severity: 'critical',
  originalSeverity: 'page',
  summary: 'line one\r\nRESOLVED none  all is well\n  link     http://evil.example.com/',
  description: '  turned \u202eesrever\u202c, C1 \u009b31m, DEL \u007f, NUL \u0000, half \ud800, tab\t.  ',
  message: 'line one\r\nRESOLVED none  all is well\n  link     http://evil.example.com/',
  labels: { severity: 'page', 'na me': 'a=b "c"', empty: '', ['__proto__']: 'polluted', cluster: '北京' },
  startsAt: 'never\u001b]0;title\u0007',
  runbookUrl: typical.bestUrl,
  truncatedAlerts: 12,
};
