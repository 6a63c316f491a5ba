/**
 * Durations as people write them (`30s`, `1h30m`) and as the code counts them (milliseconds). The syntax is Prometheus's and
 * Alertmanager's, so that nobody learns a second one.
 */

/** Units from long to short, the order in which they may be combined. */
const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const SYNTAX = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Milliseconds, or `undefined` if the text is no duration. Units from long to short, each at most once; `0` needs none
 * (https://prometheus.io/docs/alerting/latest/configuration/, `<duration>`).
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : SYNTAX.exec(text);
  if (match === null) return undefined;
  const ms = UNITS.reduce((sum, [, unitMs], index) => sum + Number(match[index + 1] ?? 0) * unitMs, 0);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that parseDuration reads as the same number of milliseconds. */
export function renderDuration(ms: number): string {
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    // Weeks are read but not written: `90d` says more than `12w6d`.
    if (unit === 'w' || rest < unitMs) continue;
    parts.push(`${Math.floor(rest / unitMs)}${unit}`);
    rest %= unitMs;
  }
  return parts.length === 0 ? '0' : parts.join('');
}
