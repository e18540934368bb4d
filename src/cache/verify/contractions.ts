/** A pattern, which is applied everywhere in a text, and its replacement. */
type Rule = readonly [RegExp, string];

/** Contractions and shorthand without an apostrophe. */
const SHORTHAND: readonly Rule[] = [
  [/\bwhats\b/giu, 'what is'],
  [/\bhows\b/giu, 'how is'],
  [/\bim\b/giu, 'I am'],
  [/\bidk\b/giu, 'I do not know'],
  [/\bgonna\b/giu, 'going to'],
  [/\bwanna\b/giu, 'want to'],
  // Not in code: `x & 1` and `the & operator` are bitwise.
  [
    /(?<=\p{L}{2})(?<!\b(?:an?|the|of|with|using|does)) & (?=\p{L}{2})(?!(?:operator|sign|symbol|character)s?\b)/giu,
    ' and ',
  ],
  [/(?<=\p{L}{2}) \+ (?=\p{L}{2})/gu, ' and '],
  [/\b(?:nothing|none) but\b/giu, 'only'],
  [/\bwith no(?= \p{L})/giu, 'without'],
  [/(?<=[\p{L}\p{N})])²/gu, '^2'],
  [/(?<=[\p{L}\p{N})])³/gu, '^3'],
];

/** A text with shorthand has one of these: one test instead of ten. */
const MAYBE_SHORTHAND = /\b(?:whats|hows|im|idk|gonna|wanna|but|no)\b|[²³&+]/iu;

const CONTRACTIONS: readonly Rule[] = [
  [/\b(what|how|where|who|when|why|that|it|there|here|he|she)'s\b/giu, '$1 is'],
  [/\b(can)(?:'t|not)\b/giu, '$1 not'],
  [/\bwon't\b/giu, 'will not'],
  [/\bshan't\b/giu, 'shall not'],
  [/\b(\p{L}+)n't\b/giu, '$1 not'],
  [/\b(do|does|did|is|are|was|were|could|should|would|has|have|had)nt\b/giu, '$1 not'],
  [/\b(\p{L}+)'re\b/giu, '$1 are'],
  [/\b(\p{L}+)'ve\b/giu, '$1 have'],
  [/\b(\p{L}+)'ll\b/giu, '$1 will'],
  [/\b(i|you|he|she|it|we|they|that|what|who)'d\b/giu, '$1 would'],
  [/\bi'm\b/giu, 'I am'],
  [/\bcant\b/giu, 'can not'],
  [/\blet's\b/giu, 'let us'],
  // `shouldn't I` has become `should not I`: back to `should I not`.
  [
    /\b(do|does|did|is|are|was|were|can|could|should|would|will|has|have|had|must) not (i|you|he|she|it|we|they|there|this|that|these|those)\b/giu,
    '$1 $2 not',
  ],
  ...SHORTHAND,
];

/** @returns the text with contractions (`don't` as `do not`) and shorthand (`gonna`) written out */
export function expandContractions(text: string): string {
  return contractionsIn(text).reduce(
    (result, [pattern, by]) => result.replaceAll(pattern, by),
    text,
  );
}

function contractionsIn(sentence: string): readonly Rule[] {
  if (/'|nt\b/iu.test(sentence)) return CONTRACTIONS;
  return MAYBE_SHORTHAND.test(sentence) ? SHORTHAND : [];
}
