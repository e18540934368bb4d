/** What a moment's method gives. */
interface CalendarField {
  /** The least and the greatest value. */
  readonly range: readonly [number, number];
  /** @param local - a date whose UTC fields are those of the clock on the wall */
  readonly read: (local: Date) => number;
}

const DAY_MS = 86_400_000;

/** The methods of a moment that take a time zone, or without one go by UTC. */
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

/** Clocks are put forward and back on the quarter of an hour, everywhere. */
const QUARTER_MS = 900_000;

/**
 * Reads a field of the calendar in a time zone.
 *
 * Asking the platform for a zone's time takes some fifty microseconds, as long as all the rest of a decision: it is
 * asked once in a quarter of an hour.
 *
 * @param zone - `null` for UTC
 * @throws {RangeError} for a zone that there is not
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
    const now = Math.floor(atMs / QUARTER_MS);
    if (now !== quarter) {
      quarter = now;
      offsetMs = offsetAt(format, now * QUARTER_MS);
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

/** How far a zone's clocks are ahead of UTC, in milliseconds. @param atMs - to the second */
function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const day = [part('year'), part('month') - 1, part('day')] as const;
  return Date.UTC(...day, part('hour'), part('minute'), part('second')) - atMs;
}
