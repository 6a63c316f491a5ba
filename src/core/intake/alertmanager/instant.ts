/**
 * Instants as Alertmanager writes them: RFC 3339 with any offset and up to nine fraction digits. JavaScript's Date keeps
 * milliseconds only, which would make two states of one alert look equal; hence the canonical text form that is compared.
 */

/**
 * The instant in UTC with exactly nine fraction digits, `2026-11-22T10:39:36.000000000Z`; texts are equal if and only if the
 * instants are, to the nanosecond (further digits are cut off, as in Go). `undefined` for anything but an RFC 3339 date-time,
 * for a date that no calendar has, and where UTC leaves the years 0000 to 9999.
 */
export function canonicalInstant(rfc3339: string): string | undefined {
  // What Alertmanager sends nearly always: in UTC, on a day that the month has in every year, at a time that every day has.
  if (USUAL.test(rfc3339))
    return `${rfc3339.slice(0, 19)}.${rfc3339.slice(20, -1).slice(0, 9).padEnd(9, '0')}Z`;
  const match = RFC_3339.exec(rfc3339);
  if (match === null) return undefined;
  const [, date = '', time = '', fraction = '', sign = '+', offsetHours = '0', offsetMinutes = '0'] = match;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const localMs = Date.parse(`${date}T${time}Z`);
  // Date.parse takes 30 February for 2 March: only a date that comes back as it went in exists.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(0, 19) !== `${date}T${time}`)
    return undefined;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const utc = new Date(sign === '-' ? localMs + offsetMs : localMs - offsetMs).toISOString();
  if (utc.length !== 24) return undefined;
  return `${utc.slice(0, 19)}.${fraction.padEnd(9, '0').slice(0, 9)}Z`;
}

/**
 * True for a missing instant and for Go's zero time, which stands for "not set". The whole first day counts: in old time zones
 * the offset of year 1 has seconds, which RFC 3339 cannot express.
 */
export function isUnset(rfc3339: string | null | undefined): boolean {
  if (rfc3339 === undefined || rfc3339 === null || rfc3339 === '') return true;
  if (!rfc3339.startsWith('000')) return false;
  const instant = canonicalInstant(rfc3339);
  return instant?.startsWith('0001-01-01T') === true || instant?.startsWith('0000-12-31T') === true;
}

const USUAL =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/i;
