/** Numbers and single letters with signs between them: `(7 - 3) × 2`, `A·B`. Bounded, so that no text takes long. */
const TERM =
  /(?<![\p{L}\p{N}_.,])\({0,8}(?:\d[\d.,]{0,20}|\p{L})\){0,8}(?:\s*[-−+*×·÷/^]\s*\({0,8}(?:\d[\d.,]{0,20}|\p{L}(?![\p{L}\p{N}]))\){0,8})+/giu;
/** Whatever `TERM` finds has one of these, or a sign that could join a range or a date between spaces. */
const CALCULATES = /[+*×·÷^]| [-−/] /u;

const WRITTEN: readonly (readonly [RegExp, string])[] = [
  [/[\s,]/gu, ''],
  [/[×·]/gu, '*'],
  [/÷/gu, '/'],
  [/−/gu, '-'],
  [/\.+(?=\D|$)/gu, ''],
];

/**
 * What a text has worked out, sign by sign, however the signs are written. The same numbers in another order, or in other brackets, come to
 * something else.
 *
 * @param plain - a question in its plain form
 */
export function termsIn(plain: string): readonly string[] {
  if (!CALCULATES.test(plain)) return [];
  return (plain.match(TERM) ?? [])
    .filter((term) => CALCULATES.test(term))
    .map((term) =>
      WRITTEN.reduce((text, [from, to]) => text.replaceAll(from, to), term.toLowerCase()),
    );
}
