/** A storm's figures in words, for the diagnostics of a test and for docs/guarantees.md. Pure. */
import type { StormReport, StormSend } from './report.ts';

/** One line a figure. */
export function renderReport(report: StormReport): readonly string[] {
  const { critical } = report;
  return [
    `${report.alerts} acknowledged: lost ${report.lost.length}, shown twice ${report.twice.length}, overtaken ${report.overtaken.length}, limits exceeded ${report.violations.length}`,
    `${report.messages} messages in ${report.calls} calls; the least by bytes ${report.leastByBytes}, by the lines of the alerts alone ${report.leastByLines}; most calls in 60 s ${report.mostIn60s}`,
    `last alert ${seconds(report.sinceFirstMs)} after the first webhook, ${seconds(report.sinceLastMs)} after the last`,
    ...(critical === undefined
      ? []
      : [
          `${critical.count} critical: half within ${seconds(critical.medianMs)}, all within ${seconds(critical.slowestMs)}`,
        ]),
  ];
}

/** Where the starts went: `13.0s markdown 50 alerts 17856 bytes` for each message. */
export function renderSends(sends: readonly StormSend[]): readonly string[] {
  return sends.map(
    ({ atMs, form, alerts, criticals, bytes }) =>
      `${seconds(atMs)} ${form} ${alerts} alerts${criticals > 0 ? `, ${criticals} critical` : ''}, ${bytes} bytes`,
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
