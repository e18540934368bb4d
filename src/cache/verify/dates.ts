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
/** Year first, as in standards. */
const YEAR_FIRST = /(?<![\d-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])/gu;
/** Which of the first two is the day shows where one of them is more than twelve. */
const SLASHED = /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4})(?![\d/])/gu;
/** With full stops the day comes first everywhere. */
const DOTTED = /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])/gu;
const HALF_DAY = /(?<![\d:.])(\d{1,2})(?::(\d{2}))? ?([ap])\.?m\b\.?/giu;
/** Whoever asks about the writing itself means what is written. */
const ABOUT_WRITING =
  /\b(?:formats?|formatted|iso|parse[ds]?|parsing|strftime|regex|regular expression|convert\p{L}*|notation|clock|\d+-hour|am\/pm)\b/iu;

/**
 * Days and times written one way: `2024-03-01`, `03/15/2024` and `1.3.2024` as `1 march 2024`, `6:30 PM` as `18:30`. A date that
 * could be either of two days stays, and so does all in a sentence about ways to write dates.
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
