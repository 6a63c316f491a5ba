/** The figures as Markdown: a section for each measure, a row for each figure. Pure. */
import { type Figure, type Goal, isReached } from './figures.ts';
import { median } from './statistics.ts';

/** What the tables do not say. */
export interface Remarks {
  /** `processor: …`, one line each. */
  readonly machine: readonly string[];
  /** What a reader must know to judge the figures. */
  readonly remarks: readonly string[];
  /** What subjects answered wrongly. */
  readonly wrong: readonly string[];
}

const HEAD = ['setting', 'figure', 'subject', 'median', 'least to most', 'goal', 'reached'];
/** Digits that a figure keeps; whole numbers keep all of theirs. */
const DIGITS = 3;

/** The whole report. */
export function renderReport(figures: readonly Figure[], { machine, remarks, wrong }: Remarks): string {
  const sections = Map.groupBy(figures, ({ measure }) => measure);
  return [
    '# Benchmark',
    list(machine),
    ...[...sections].map(([measure, own]) => `## ${measure}\n\n${renderTable(own)}`),
    ...(remarks.length === 0 ? [] : [`## remarks\n\n${list(remarks)}`]),
    ...(wrong.length === 0 ? [] : [`## answered wrongly\n\n${list(wrong)}`]),
    '',
  ].join('\n\n');
}

/** The figures of one measure. */
export function renderTable(figures: readonly Figure[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...figures.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** With thousands parted, and no more digits than mean something. */
export function renderNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not measured';
  if (Math.abs(value) >= 10 ** DIGITS) return Math.round(value).toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: DIGITS });
}

function cellsOf(figure: Figure): readonly string[] {
  const { setting, figure: what, subject, unit, values, goal } = figure;
  const spread = `${renderNumber(Math.min(...values))} to ${renderNumber(Math.max(...values))}`;
  const reached = isReached(figure);
  return [
    setting,
    what,
    subject,
    `${renderNumber(median(values))}${unit === '' ? '' : ` ${unit}`}`,
    values.length === 1 ? '' : spread,
    goal === undefined ? '' : goalText(goal),
    reached === undefined ? '' : reached ? 'yes' : '**no**',
  ].map((cell) => cell.replaceAll('|', '\\|'));
}

function goalText({ kind, value }: Goal): string {
  return `${kind === 'at_least' ? 'at least' : 'at most'} ${renderNumber(value)}`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
