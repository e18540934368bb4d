/** What a pair of questions is compared by. */
export interface QuestionWords {
  /** All words, lower case, in order; contractions taken apart (`don't` is `do`, `not`). */
  readonly words: readonly string[];
  /** All numbers in order, each written one way: `1,000`, `1000.0` and `1e3` are the same. */
  readonly numbers: readonly string[];
  /** What measures or counts (`km`, `hours`, `words`, `%`, `€`), each written one way. */
  readonly units: readonly string[];
  /** Names: words with a capital that does not come from the place in the sentence; lower case. */
  readonly names: readonly string[];
  /** Words of code, paths, addresses and versions, and everything quoted; as written. */
  readonly codes: readonly string[];
}

const WORD = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
const NUMBER = /(?<![\p{L}\p{N}_.])[-+]?\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\d_])/giu;
const SIGN = /%|°\s*[CF]|[€$£¥₹](?=\s*\d)|(?<=\d\s?)[€$£¥₹]/gu;
// With an underscore, a capital inside, a path, a call, an extension, a version, an option, an
// operator, or in quotes. No alternative can begin inside of what it would match from further left:
// that would take quadratic time.
const CODE = new RegExp(
  [
    '`[^`]+`|"[^"]+"|“[^”]+”',
    "(?<![\\p{L}\\p{N}])'[^']+'(?![\\p{L}\\p{N}])",
    '(?<![\\w.+-])[\\w.+-]+@[\\w.-]+',
    '(?<![\\w.-])[\\w.-]+/[\\w./-]+',
    '(?<!\\w)\\w+_\\w+',
    '(?<!\\w)\\p{Ll}+\\p{Lu}\\w*',
    '(?<!\\w)\\w+\\(\\)',
    '(?<![\\w.])v?\\d+(?:\\.\\d+){2,}',
    '(?<![\\w.])\\w+\\.\\p{L}\\w{1,9}(?!\\w)',
    '(?<=\\s)--?\\p{L}[\\w-]+',
    '[+*/^%<>=!&|]{1,3}(?=\\s*[\\w(])',
  ].join('|'),
  'gu',
);

/** Ways to write one unit, a unit a line. */
const UNITS: ReadonlyMap<string, string> = new Map(
  `mm millimeter millimeters millimetre millimetres
cm centimeter centimeters centimetre centimetres
meter meters metre metres
km kilometer kilometers kilometre kilometres
inch inches
foot feet ft
yard yards
mile miles
mg milligram milligrams
gram grams gramme grammes
kg kilogram kilograms kilo kilos
ounce ounces oz
pound pounds lb lbs
ton tons tonne tonnes
ml milliliter milliliters millilitre millilitres
liter liters litre litres
gallon gallons
cup cups
tablespoon tablespoons tbsp
teaspoon teaspoons tsp
ms millisecond milliseconds
second seconds sec secs
minute minutes min mins
hour hours hr hrs
day days
week weeks
month months
year years
kb kilobyte kilobytes
mb megabyte megabytes
gb gigabyte gigabytes
tb terabyte terabytes
watt watts
kw kilowatt kilowatts
kwh
mph
kph kmh
celsius
fahrenheit
kelvin
dollar dollars usd
euro euros eur
gbp
yen jpy
percent percentage
word words
sentence sentences
paragraph paragraphs
line lines
page pages`
    .split('\n')
    .flatMap((line) => line.split(' ').map((word, _i, [first = '']) => [word, first] as const)),
);

const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  [
    'zero one two three four five six seven eight nine ten eleven twelve'.split(' '),
    'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf'.split(' '),
  ].flatMap((words) => words.map((word, i) => [word, String(i)] as const)),
);

const TAKEN_APART: ReadonlyMap<string, readonly string[]> = new Map([
  ["can't", ['can', 'not']],
  ["won't", ['will', 'not']],
  ["shan't", ['shall', 'not']],
  ['cannot', ['can', 'not']],
]);

/** Reads a question for comparing. Pure; time is linear in its length. */
export function readWords(text: string): QuestionWords {
  const found = [...text.matchAll(WORD)];
  const words = found.flatMap(([word]) => takenApart(word.toLowerCase().replaceAll('’', "'")));
  const counted = words.flatMap((word) => NUMBER_WORDS.get(word) ?? []);
  return {
    words,
    numbers: [...[...text.matchAll(NUMBER)].map(([number]) => plainNumber(number)), ...counted],
    units: [
      ...[...text.matchAll(SIGN)].map(([sign]) => sign.replaceAll(/\s/g, '')),
      ...words.flatMap((word) => UNITS.get(word) ?? []),
    ],
    names: found.filter((match) => isName(match, text)).map(([word]) => word.toLowerCase()),
    codes: [...text.matchAll(CODE)].map(([code]) => code),
  };
}

function takenApart(word: string): readonly string[] {
  const known = TAKEN_APART.get(word);
  if (known !== undefined) return known;
  if (word.endsWith("n't")) return [word.slice(0, -3), 'not'];
  return word.split("'");
}

function plainNumber(written: string): string {
  const value = Number(written.replaceAll(/[,_]/g, ''));
  return Number.isFinite(value) ? String(value) : written;
}

/** A capital at the start of a sentence says nothing, unless more than the first letter is one. */
function isName({ 0: word, index }: RegExpExecArray, text: string): boolean {
  if (!/^\p{Lu}/u.test(word) || word === 'I') return false;
  if (/^\p{Lu}{2,}/u.test(word)) return true;
  const before = text.slice(Math.max(0, index - 4), index).trimEnd();
  return before !== '' && !/[.!?:\n"“(]$/u.test(before);
}
