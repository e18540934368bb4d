/** A method of timestamps. */
interface CalendarField {
  /** The smallest and the largest value. */
  readonly range: readonly [number, number];
  /** @param local - a date whose UTC fields are the local time */
  readonly read: (local: Date) => number;
}

const DAY_MS = 86_400_000;

/** The methods of timestamps with an optional time zone, UTC by default. */
export const CALENDAR: Readonly<Record<string, CalendarField>> = {
  getMilliseconds: { range: [0, 999], read: (local) => local.getUTCMilliseconds() },
  getSeconds: { range: [0, 59], read: (local) => local.getUTCSeconds() },
  getMinutes: { range: [0, 59], read: (local) => local.getUTCMinutes() },
  getHours: { range: [0, 23], read: (local) => local.getUTCHours() },
  getDayOfWeek: { range: [0, 6], read: (local) => local.getUTCDay() },
  getDate: { range: [1, 31], read: (local) => local.getUTCDate() },
  getDayOfMonth: { range: [0, 30], read: (local) => local.getUTCDate() - 1 },
  getDayOfYear: {
    range: [0, 365],
    read: (local) => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0)) / DAY_MS),
  },
  getMonth: { range: [0, 11], read: (local) => local.getUTCMonth() },
  getFullYear: { range: [0, 275_760], read: (local) => local.getUTCFullYear() },
};

/** Offsets from UTC change only on quarters of an hour, everywhere. */
const QUARTER_HOUR_MS = 900_000;

/**
 * Makes a function that reads a calendar field in a time zone.
 *
 * Formatting a date in a time zone takes some fifty microseconds, as long as the rest of a decision, so the zone's
 * offset is determined once per quarter of an hour.
 *
 * @param zone - `null` for UTC
 * @throws {RangeError} if there is no such zone
 */
export function calendarReader(
  { read }: CalendarField,
  zone: string | null,
): (atMs: number) => number {
  if (zone === null) return (atMs) => read(new Date(atMs));
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...FORMAT });
  let quarter = NaN;
  let offsetMs = 0;
  return (atMs) => {
    const now = Math.floor(atMs / QUARTER_HOUR_MS);
    if (now !== quarter) {
      quarter = now;
      offsetMs = offsetAt(format, now * QUARTER_HOUR_MS);
    }
    return read(new Date(atMs + offsetMs));
  };
}

const FORMAT = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

/** Offset of a zone's time from UTC, in milliseconds. @param atMs - a whole second */
function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = [part('year'), part('month') - 1, part('day')] as const;
  return Date.UTC(...day, part('hour'), part('minute'), part('second')) - atMs;
}
