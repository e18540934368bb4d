/** How a number may be bounded, a way a line, each with what it means. */
const BOUNDS: readonly (readonly [meaning: string, said: RegExp])[] = [
  [
    'least',
    /\b(?:at least|(?:a )?minimum of|no (?:fewer|less) than)(?= \d)|(?<=\d[\p{L} ]*)\bor (?:more|over|above|older|longer)\b/giu,
  ],
  [
    'most',
    /\b(?:at most|up to|(?:a )?maximum of|no more than)(?= \d)|(?<=\d[\p{L} ]*)\bor (?:less|fewer|under|below|younger)\b/giu,
  ],
  ['more', /\b(?:more|greater|higher|longer|older) than(?= \d)/giu],
  ['less', /\b(?:less|fewer|lower|smaller|shorter|younger) than(?= \d)/giu],
  ['exactly', /\b(?:exactly|precisely)(?= \d)/giu],
];

/** @returns how numbers are bounded in a text in its plain form: `at least 8` is not `exactly 8` */
export function boundsIn(plain: string): readonly string[] {
  if (!/\d/u.test(plain)) return [];
  return BOUNDS.flatMap(([meaning, said]) => (plain.match(said) ?? []).map(() => meaning));
}
