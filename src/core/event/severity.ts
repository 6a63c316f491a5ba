/**
 * Severity as notifierd ranks it. Teams name severities as they like; six words are enough to order them, and the original
 * text always stays with the event.
 */
import { ownValue } from './own-value.ts';

/** From worst to mildest. `unknown` ranks beside `warning`: what we cannot judge must not wait behind information. */
export const SEVERITIES = ['critical', 'error', 'warning', 'unknown', 'info', 'none'] as const;

/** A normalized severity. */
export type Severity = (typeof SEVERITIES)[number];

const SYNONYMS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  crit: 'critical',
  page: 'critical',
  emergency: 'critical',
  emerg: 'critical',
  fatal: 'critical',
  disaster: 'critical',
  p0: 'critical',
  p1: 'critical',
  sev0: 'critical',
  sev1: 'critical',
  严重: 'critical',
  紧急: 'critical',
  致命: 'critical',
  error: 'error',
  err: 'error',
  major: 'error',
  high: 'error',
  p2: 'error',
  sev2: 'error',
  错误: 'error',
  warning: 'warning',
  warn: 'warning',
  minor: 'warning',
  medium: 'warning',
  average: 'warning',
  ticket: 'warning',
  p3: 'warning',
  sev3: 'warning',
  警告: 'warning',
  info: 'info',
  information: 'info',
  informational: 'info',
  notice: 'info',
  low: 'info',
  p4: 'info',
  sev4: 'info',
  信息: 'info',
  提示: 'info',
  none: 'none',
  ok: 'none',
  debug: 'none',
};

/** The severity a label's value means; `unknown` for a missing label and for words that are not in the table. */
export function parseSeverity(text: string | undefined): Severity {
  const word = text?.trim().toLowerCase() ?? '';
  return ownValue(SYNONYMS, word) ?? 'unknown';
}

/** 0 for the worst; lanes send lower ranks first. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
