const SIGN = /%|°\s*[CF]|[€$£¥₹](?=\s*\d)|(?<=\d\s?)[€$£¥₹]/gu;

const SIGN_UNITS: ReadonlyMap<string, string> = new Map([
  ['%', 'percent'],
  ['$', 'dollar'],
  ['€', 'euro'],
  ['£', 'pound'],
  ['¥', 'yen'],
  ['₹', 'rupee'],
]);

/** Ways to write a unit, one unit a line; the first stands for all. */
const UNITS: ReadonlyMap<string, string> = new Map(
  `nm nanometer nanometers nanometre nanometres
µm μm micrometer micrometers micrometre micrometres micron microns
mm millimeter millimeters millimetre millimetres
cm centimeter centimeters centimetre centimetres
meter meters metre metres m
km kilometer kilometers kilometre kilometres
inch inches
foot feet ft
yard yards
mile miles
mg milligram milligrams
mcg microgram micrograms µg μg ug
gram grams gramme grammes g
kg kilogram kilograms kilo kilos
ounce ounces oz
pound pounds lb lbs gbp
ton tons
tonne tonnes
ml milliliter milliliters millilitre millilitres
liter liters litre litres
gallon gallons
cup cups
tablespoon tablespoons tbsp
teaspoon teaspoons tsp
ns nanosecond nanoseconds
µs μs microsecond microseconds
ms millisecond milliseconds
second seconds sec secs
minute minutes min mins
hour hours hr hrs h
day days
week weeks
month months
year years
kb kilobyte kilobytes
mb megabyte megabytes
gb gigabyte gigabytes
tb terabyte terabytes
kib kibibyte kibibytes
mib mebibyte mebibytes
gib gibibyte gibibytes
kbps
mbps
gbps
bit bits
byte bytes
watt watts
kw kilowatt kilowatts
kwh
volt volts
kv kilovolt kilovolts
amp amps ampere amperes
hz hertz
khz kilohertz
mhz megahertz
ghz gigahertz
joule joules
hectare hectares
kj kilojoule kilojoules
pixel pixels px
acre acres
pint pints
mph
knot knots
stone
quart quarts
mmol
mmhg
psi
kpa
kcal
furlong furlongs
decade decades
century centuries
kph kmh
celsius
fahrenheit
kelvin
dollar dollars usd
euro euros eur
yen jpy
rupee rupees inr
franc francs chf
percent percentage
word words
sentence sentences
paragraph paragraphs
line lines
page pages`
    .split('\n')
    .flatMap((line) => line.split(' ').map((word, _i, [first = '']) => [word, first] as const)),
);

const BEFORE_UNIT = /\d$|^(?:degrees?|in|into|per|to|many|several|half|one|pro|par|por|mille)$/;

/** The canonical name of a unit (`km` for `kilometers`); `undefined` for other words. @param word - lower case */
export function unitOf(word: string): string | undefined {
  return UNITS.get(word);
}

/**
 * The units of a question under their canonical names: first the signs, then the words.
 *
 * @param tokens - words and numbers of the text, in order
 */
export function unitsIn(text: string, tokens: readonly string[]): readonly string[] {
  return [
    ...(/[%°€$£¥₹]/u.test(text) ? signsIn(text) : []),
    ...tokens.flatMap((_, i) => unitAt(tokens, i) ?? []),
  ];
}

/** A unit, only after an amount or a word of conversion: `line` and `second` mostly mean something else. */
function unitAt(tokens: readonly string[], i: number): string | undefined {
  const unit = UNITS.get(tokens[i] ?? '');
  return unit !== undefined && BEFORE_UNIT.test(tokens[i - 1] ?? '') ? unit : undefined;
}

/** The units that are written as signs. */
function signsIn(text: string): readonly string[] {
  return Array.from(
    text.matchAll(SIGN),
    ([sign]) => SIGN_UNITS.get(sign) ?? sign.replaceAll(/\s/g, ''),
  );
}
