const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

const DIGIT = /\d/u;
/** Year first (ISO 8601). */
const YEAR_FIRST = /(?<![\d-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])/gu;
/** Day first or month first: known only if one of them is more than twelve, or both are equal. */
const SLASHED = /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4})(?![\d/])/gu;
/** With points, the day is always first. */
const DOTTED = /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])/gu;
const HALF_DAY = /(?<![\d:.])(\d{1,2})(?::(\d{2}))? ?([ap])\.?m\b\.?/giu;
/** In a question about the format of dates, they must stay as written. */
const ABOUT_WRITING =
  /\b(?:formats?|formatted|iso|parse[ds]?|parsing|strftime|regex|regular expression|convert\p{L}*|notation|clock|\d+-hour|am\/pm)\b/iu;

/**
 * Normalises dates and times: `2024-03-01` and `1.3.2024` become `1 march 2024`, `03/15/2024` becomes `15 march 2024`, `6:30 PM`
 * becomes `18:30`. An ambiguous date stays as it is, and so does everything in a sentence about the format of dates.
 */
export function replaceDates(text: string): string {
  if (!DIGIT.test(text) || ABOUT_WRITING.test(text)) return text;
  return text
    .replaceAll(YEAR_FIRST, (whole, year: string, month: string, day: string) =>
      dateOf(day, month, year, whole),
    )
    .replaceAll(SLASHED, (whole, one: string, other: string, year: string) => {
      const [x, y] = [Number(one), Number(other)];
      if (x <= 12 && y <= 12 && x !== y) return whole;
      return x > 12 ? dateOf(one, other, year, whole) : dateOf(other, one, year, whole);
    })
    .replaceAll(DOTTED, (whole, day: string, month: string, year: string) =>
      dateOf(day, month, year, whole),
    )
    .replaceAll(HALF_DAY, timeOf);
}

/** `whole` where there is no such month or day. */
function dateOf(day: string, month: string, year: string, whole: string): string {
  const name = MONTHS[Number(month) - 1];
  if (name === undefined || Number(day) < 1 || Number(day) > 31) return whole;
  return `${Number(day)} ${name} ${year}`;
}

function timeOf(whole: string, hour: string, minute: string | undefined, half: string): string {
  if (Number(hour) < 1 || Number(hour) > 12) return whole;
  const hours = (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return `${hours}:${minute ?? '00'}`;
}
