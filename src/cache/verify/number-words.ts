const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'.split(
    ' ',
  );
const SCALES: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);
const VALUES: ReadonlyMap<string, number> = new Map([
  ...ONES.map((word, i) => [word, i] as const),
  ...TENS.map((word, i) => [word, 20 + 10 * i] as const),
]);
/** Ordinals from `fourth` on: `first`, `second` and `third` mostly do not count anything. */
const NTH: ReadonlyMap<string, number> = new Map(
  [...ORDINALS.map((word, i) => [word, i] as const)].slice(4),
);
const FRACTIONS: ReadonlyMap<string, string> = new Map([
  ['½', '.5'],
  ['¼', '.25'],
  ['¾', '.75'],
]);

const UNIT = ONES.slice(1, 10).join('|');
const COUNT = `(?:${TENS.join('|')})[- ](?:${UNIT})|${[...ONES.slice(2), ...TENS].join('|')}`;
const SCALED = new RegExp(
  `\\b(?:(${COUNT}|one|a|\\d[\\d,.]*) )(hundred|thousand|million|billion)(?![\\p{L}-])`,
  'giu',
);
// `five-page` counts pages; the `ten-` of `ten- to twelve-page` has nothing to count yet.
const COUNTED = new RegExp(`\\b(?:${COUNT})(?!\\p{L})(?!-(?!\\p{L}))`, 'giu');
/** `one` before a unit; `one day` is left out, as it may be any day. */
const ONE =
  /\bone(?=[ -](?:second|minute|hour|week|month|year|page|paragraph|sentence|line|word|percent|kilo|kilogram|gram|liter|litre|mile|kilometer|kilometre|meter|metre|inch|foot|cup|pound|dollar|euro|hundred)s?\b)/giu;
/** `a single word` and the like. */
const SINGLE = /\b(?:a )?single(?=[ -](?:word|sentence|paragraph|page|line)\b)/giu;
/** `two dozen eggs`; `dozens of eggs` gives no number. */
const DOZENS = /\b(?:(\d+|half an?|half) |an? |one )?dozen\b(?! of)/giu;
/** The point of a number without a leading zero. */
const NO_ZERO = /(?<![\w.)\]])\.(?=\d+\b)/gu;
/** Ways to write a bound, and the one form for each. */
const BOUNDED: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:(?:not|no) (?:more|longer|larger|greater|higher|bigger) than|not exceeding|(?:a )?maximum(?: of)?|max\.?|up to) (?=\d)/giu,
    'at most ',
  ],
  [
    /\b(?:(?:not|no) (?:less|fewer|shorter|smaller) than|(?:a )?minimum(?: of)?) (?=\d)/giu,
    'at least ',
  ],
  [/\b(\d+ \p{L}+) (?:at (?:the )?most|max(?:imum)?|tops)(?![\p{L}\p{N}])/giu, 'at most $1'],
  [/\b(\d+ \p{L}+) (?:at (?:the )?least|minimum)(?![\p{L}\p{N}])/giu, 'at least $1'],
];
const ORDERED = new RegExp(`\\b(?:${[...NTH.keys()].join('|')})(?![\\p{L}-])`, 'giu');

const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const MONTH = `(${MONTHS.join('|')}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\b\\.?`;
const DAY_AND_MONTH = new RegExp(`\\b(?:the )?(\\d{1,2})(?:th)?(?: of)? ${MONTH}`, 'giu');
const MONTH_AND_DAY = new RegExp(
  `\\b${MONTH} (?:the )?(\\d{1,2})(?:th)?(?![\\d:%]|[.,]\\d| ?[ap]m\\b)`,
  'giu',
);

const monthOf = (written: string): string =>
  MONTHS.find((month) => month.startsWith(written.toLowerCase().slice(0, 3))) ?? written;

const ROMAN: ReadonlyMap<string, number> = new Map(
  'ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix'
    .split(' ')
    .map((roman, i) => [roman, i + 2] as const),
);
/** Roman numerals after a name, except those that could be words or abbreviations (`IV`, `vi`, `xi`). */
const NUMBERED =
  /(?<=\b\p{L}{2,} )(?:II|III|VI{1,3}|IX|XI{1,3}|XIV|XVI{0,3}|XIX)\b|(?<=\p{L} )(?:iii?|viii?|xiii?|xiv|xvii?i?)\b/gu;

/** Roman numerals from two on in digits: `Henry VIII` is `Henry 8`. */
function replaceRoman(text: string): string {
  if (!/II|VI|IX|XI|XV| (?:ii|vii|xi|xv)/u.test(text)) return text;
  return text.replaceAll(NUMBERED, (roman) => String(ROMAN.get(roman.toLowerCase()) ?? roman));
}

/** Fractions; not `24/7`, nor day and month. */
const PARTS = /(?<![\d/.^*])(1(?=\/[248]\b)|3(?=\/[48]\b))\/([248])(?![\d/])/gu;

/** A text in which something is replaced has a digit or one of these words; most questions have none. */
const MAYBE_NUMBER = new RegExp(
  `[\\d½¼¾]|\\b(?:${[...VALUES.keys(), ...NTH.keys(), ...SCALES.keys(), 'half', 'fortnight', 'single', 'dozen'].join('|')})(?!\\p{L})`,
  'iu',
);

/**
 * Writes numbers in digits: `twenty-four` is `24`, `ten thousand` is `10000`, `1/2 kg` is `0.5 kg`, `July 4th` is `4 july`.
 *
 * English only, and from two on: `one` is mostly a pronoun, unless a unit follows (`one hour`).
 */
export function replaceNumberWords(written: string): string {
  const text = replaceRoman(written);
  if (!MAYBE_NUMBER.test(text)) return text;
  const counted = text
    .replaceAll(SCALED, (whole, count: string, scale: string) => {
      const value = valueOf(count) * (SCALES.get(scale.toLowerCase()) ?? Number.NaN);
      return Number.isFinite(value) ? String(value) : whole;
    })
    .replaceAll(COUNTED, (word) => String(valueOf(word)))
    .replaceAll(DOZENS, (_, count: string | undefined) =>
      String(12 * (count === undefined ? 1 : /^half/iu.test(count) ? 0.5 : Number(count))),
    )
    .replaceAll(/\bone(?= and a half\b)/giu, '1')
    .replaceAll(ONE, '1')
    .replaceAll(/\b(?:a )?fortnight(?:'s)?\b/giu, '2 weeks')
    .replaceAll(/\b(\d+) decades\b/giu, (_, count: string) => `${10 * Number(count)} years`)
    .replaceAll(SINGLE, '1')
    .replaceAll(ORDERED, (word) => `${NTH.get(word.toLowerCase()) ?? ''}th`)
    .replaceAll(/(\d)(?:st|nd|rd)\b/gu, '$1th')
    .replaceAll(DAY_AND_MONTH, (_, day: string, month: string) => `${day} ${monthOf(month)}`)
    .replaceAll(MONTH_AND_DAY, (_, month: string, day: string) => `${day} ${monthOf(month)}`)
    .replaceAll(/(?<![\d.])[123]th\b/gu, (place) => ORDINALS[Number.parseInt(place, 10)] ?? place)
    .replaceAll(
      /(\d*)([½¼¾])/gu,
      (_, whole: string, part: string) =>
        `${whole === '' ? '0' : whole}${FRACTIONS.get(part) ?? ''}`,
    )
    .replaceAll(PARTS, (_, count: string, part: string) => String(Number(count) / Number(part)))
    .replaceAll(/\b(?:3|three) quarters(?= of\b)/giu, '0.75')
    .replaceAll(/\bhalf (?=an? \p{L})/giu, '0.5 ')
    .replaceAll(/\b0\.5 an? (?=\p{L})/giu, '0.5 ')
    .replaceAll(/(\d) and a half\b/gu, '$1.5')
    .replaceAll(NO_ZERO, '0.');
  return BOUNDED.reduce((result, [pattern, by]) => result.replaceAll(pattern, by), counted);
}

function valueOf(words: string): number {
  const plain = words.toLowerCase();
  if (plain === 'a' || plain === 'one') return 1;
  if (/^\d/u.test(plain)) return Number(plain.replaceAll(',', ''));
  return plain.split(/[- ]/u).reduce((sum, word) => sum + (VALUES.get(word) ?? Number.NaN), 0);
}

const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['$', 'dollars'],
  ['€', 'euros'],
  ['£', 'pounds'],
  ['¥', 'yen'],
]);
const AMOUNT = '\\d[\\d,_]*(?:\\.\\d+)?(?: (?:hundred|thousand|million|billion)\\b)?';
const PRICED = new RegExp(
  `(?<!\\p{L})([$€£¥]) ?(${AMOUNT})|(?<![\\w.])(${AMOUNT}) ?([$€£¥])(?!\\w)`,
  'gu',
);

/** `$45k`; only for money, as `k` may be anything else. */
const THOUSANDS =
  /([$€£¥] ?)(\d+(?:\.\d+)?)k\b|\b(\d+(?:\.\d+)?)k(?= ?(?:USD|EUR|GBP|dollars?|euros?|pounds?)\b)/giu;
const MAYBE_SIGN =
  /[$€£¥%°]|\dk\b|\d ?(?:USD|EUR|GBP|US)\b|pounds sterling|per hour|km\/h|degrees? [cf]\b/iu;

/** `$2.1M`, `€3bn`. */
const MILLIONS = /(?<=[$€£¥] ?)(\d+(?:\.\d+)?) ?(m|mn|mio|b|bn)\b/giu;

/** Writes signs of units in words: `$5` is `5 dollars`, `20%` is `20 percent`. `A$5` is another currency and stays. */
export function replaceSigns(text: string): string {
  if (!MAYBE_SIGN.test(text)) return text;
  return text
    .replaceAll(
      THOUSANDS,
      (_, sign: string | undefined, priced: string | undefined, counted: string | undefined) =>
        `${sign ?? ''}${1000 * Number(priced ?? counted)}`,
    )
    .replaceAll(MILLIONS, (_, count: string, scale: string) =>
      String(Math.round(Number(count) * (scale.toLowerCase().startsWith('b') ? 1e9 : 1e6))),
    )
    .replaceAll(/(?<=\d) ?(?:USD|US dollars)\b/gu, ' dollars')
    .replaceAll(/(?<=\d) ?EUR\b/gu, ' euros')
    .replaceAll(/(?<=\d) ?(?:GBP\b|(?:british )?pounds sterling|british pounds)/giu, ' pounds')
    .replaceAll(/ ?(?:° ?|\bdegrees? )([CF])\b/giu, (_, scale: string) =>
      scale.toLowerCase() === 'c' ? ' degrees celsius' : ' degrees fahrenheit',
    )
    .replaceAll(/\bmiles per hour\b/giu, 'mph')
    .replaceAll(/\b(?:kilomet(?:er|re)s per hour|km\/h)(?!\w)/giu, 'kph')
    .replaceAll(
      PRICED,
      (_, before?: string, after?: string, amount?: string, sign?: string) =>
        `${after ?? amount ?? ''} ${CURRENCIES.get(before ?? sign ?? '') ?? ''}`,
    )
    .replaceAll(/(?<=\d) ?% ?(?!\w)(?=\W*\s|\W*$)/gu, ' percent');
}
