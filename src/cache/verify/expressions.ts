/** Numbers and single letters joined by operators: `(7 - 3) × 2`, `A·B`. Repetitions are bounded, so that no text takes long. */
const TERM =
  /(?<![\p{L}\p{N}_.,])\({0,8}(?:\d[\d.,]{0,20}|\p{L})\){0,8}(?:\s*[-−+*×·÷/^]\s*\({0,8}(?:\d[\d.,]{0,20}|\p{L}(?![\p{L}\p{N}]))\){0,8})+/giu;
/** An expression has one of these; `-` and `/` only between spaces, as they may join a range or a date. */
const CALCULATES = /[+*×·÷^]| [-−/] /u;

const WRITTEN: readonly (readonly [RegExp, string])[] = [
  [/[\s,]/gu, ''],
  [/[×·]/gu, '*'],
  [/÷/gu, '/'],
  [/−/gu, '-'],
  [/\.+(?=\D|$)/gu, ''],
];

/**
 * Arithmetic expressions of a text, with operators written in one way. The same numbers in another order, or with other brackets,
 * have another result.
 *
 * @param plain - the plain form of a question
 */
export function expressionsIn(plain: string): readonly string[] {
  if (!CALCULATES.test(plain)) return [];
  return (plain.match(TERM) ?? [])
    .filter((term) => CALCULATES.test(term))
    .map((term) =>
      WRITTEN.reduce((text, [from, to]) => text.replaceAll(from, to), term.toLowerCase()),
    );
}
