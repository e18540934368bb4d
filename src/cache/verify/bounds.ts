/**
 * Kinds of bounds on a number, each with its wordings. The look-behind for a number is last in its pattern: at the front, it
 * would be tried at every letter of the text.
 */
const BOUNDS: readonly (readonly [meaning: string, said: RegExp])[] = [
  [
    'least',
    /\b(?:at least|(?:a )?minimum of|no (?:fewer|less) than)(?= \d)|\bor (?:more|over|above|older|longer)\b(?<=\d[\p{L} ]*)/giu,
  ],
  [
    'most',
    /\b(?:at most|up to|(?:a )?maximum of|no more than)(?= \d)|\bor (?:less|fewer|under|below|younger)\b(?<=\d[\p{L} ]*)/giu,
  ],
  ['more', /\b(?:more|greater|higher|longer|older) than(?= \d)/giu],
  ['less', /\b(?:less|fewer|lower|smaller|shorter|younger) than(?= \d)/giu],
  ['exactly', /\b(?:exactly|precisely)(?= \d)/giu],
];

/** @returns the bounds on the numbers of a text in its plain form: `at least 8` is not `exactly 8` */
export function boundsIn(plain: string): readonly string[] {
  if (!/\d/u.test(plain)) return [];
  return BOUNDS.flatMap(([meaning, pattern]) => (plain.match(pattern) ?? []).map(() => meaning));
}
