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
/** From the tenth on: `first`, `second` and `third` mostly do not count anything. */
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
const COUNTED = new RegExp(`\\b(?:${COUNT})(?![\\p{L}-])`, 'giu');
const ORDERED = new RegExp(`\\b(?:${[...NTH.keys()].join('|')})(?![\\p{L}-])`, 'giu');

/** Whatever is replaced has a figure, or one of these words; in most questions none of them is. */
const MAYBE_NUMBER = new RegExp(
  `[\\d½¼¾]|\\b(?:${[...VALUES.keys(), ...NTH.keys(), ...SCALES.keys()].join('|')})(?!\\p{L})`,
  'iu',
);

/**
 * Numbers in figures: `twenty-four` is `24`, `ten thousand` is `10000`, `1/2 kg` is `0.5 kg`.
 *
 * English only, and from two on: `one` mostly is somebody, or anything.
 */
export function replaceNumberWords(text: string): string {
  if (!MAYBE_NUMBER.test(text)) return text;
  return text
    .replaceAll(SCALED, (whole, count: string, scale: string) => {
      const value = valueOf(count) * (SCALES.get(scale.toLowerCase()) ?? Number.NaN);
      return Number.isFinite(value) ? String(value) : whole;
    })
    .replaceAll(COUNTED, (word) => String(valueOf(word)))
    .replaceAll(ORDERED, (word) => `${NTH.get(word.toLowerCase()) ?? ''}th`)
    .replaceAll(/(\d)(?:st|nd|rd)\b/gu, '$1th')
    .replaceAll(
      /(\d*)([½¼¾])/gu,
      (_, whole: string, part: string) =>
        `${whole === '' ? '0' : whole}${FRACTIONS.get(part) ?? ''}`,
    )
    .replaceAll(/(?<![\d/.])1\/([248])(?![\d/])/gu, (_, part: string) => String(1 / Number(part)))
    .replaceAll(/(\d) and a half\b/gu, '$1.5');
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
  ['£', 'gbp'],
  ['¥', 'yen'],
]);
const AMOUNT = '\\d[\\d,_]*(?:\\.\\d+)?(?: (?:hundred|thousand|million|billion)\\b)?';
const PRICED = new RegExp(`([$€£¥]) ?(${AMOUNT})|(?<![\\w.])(${AMOUNT}) ?([$€£¥])(?!\\w)`, 'gu');

/** Signs of amounts in words: `$5` is `5 dollars`, `20%` is `20 percent`. */
export function replaceSigns(text: string): string {
  if (!/[$€£¥%]/u.test(text)) return text;
  return text
    .replaceAll(
      PRICED,
      (_, before?: string, after?: string, amount?: string, sign?: string) =>
        `${after ?? amount ?? ''} ${CURRENCIES.get(before ?? sign ?? '') ?? ''}`,
    )
    .replaceAll(/(?<=\d) ?% ?(?!\w)(?=\W*\s|\W*$)/gu, ' percent');
}
