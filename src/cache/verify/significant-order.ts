/** Things are sorted, grouped or paired by several others, so the order in which those are named matters. */
const SORTING =
  /\b(?:(?:sort|group|order|rank|index|partition)(?:s|ed|es|ing|ings)?|groupby|indices|tuples?)\b[^.?!]{0,80}\b(?:by|on)\b[^.?!]*(?:,| and | or )|\brespectively\b/iu;

/** Operations in which the order of the operands matters: the quotient of 8 and 2 is not that of 2 and 8. */
const IN_TURN = new RegExp(
  `\\b(?:${[
    'quotients?|remainders?|modul[oi]|ratios?|(?:cross|outer|matrix|tensor) products?|compositions?|set differences?|differences? of|(?:exchange|conversion) rates?',
    'subtract\\p{L}*|divid(?:e|es|ed|ing)|concat\\p{L}*|append\\p{L}*|prepend\\p{L}*|compos(?:e|es|ed|ing) (?:the )?(?:functions?|\\p{L}(?= ))|(?:left|right) (?:outer )?joins?|diffs?|git (?:merge|rebase)',
    'sequences?|chords?|middle one|acronyms?|number (?:these|them|the following)|(?:from|to) left to right|alternat(?:e|es|ing)|take turns|enumerate|ranking of',
    '(?:functions?|methods?|constructors?|procedures?|macros?)\\b[^.?!]{0,40}\\b(?:takes?|taking|accepts?|returns?|returning)|(?:parameters|arguments)',
  ].join('|')})(?!\\p{L})`,
  'iu',
);

/** A call with two arguments or more. */
const CALL = /[\p{L}\p{N}_]\([^()]{1,80},[^()]{1,80}\)/u;

/** Whether the order in which a text names things matters. */
export const isOrderSignificant = (text: string): boolean =>
  SORTING.test(text) || IN_TURN.test(text) || (text.includes('(') && CALL.test(text));
