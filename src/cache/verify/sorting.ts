/** Where things are sorted, grouped or paired by several others, what is named first comes first. */
const SORTING =
  /\b(?:(?:sort|group|order|rank|index|partition)(?:s|ed|es|ing|ings)?|groupby|indices|tuples?)\b[^.?!]{0,80}\b(?:by|on)\b[^.?!]*(?:,| and | or )|\brespectively\b/iu;

/** What is done to two or more, so that it counts which is the first: of 8 and 2 and of 2 and 8 there are two quotients. */
const IN_TURN = new RegExp(
  `\\b(?:${[
    'quotients?|remainders?|modul[oi]|ratios?|(?:cross|outer|matrix|tensor) products?|compositions?|set differences?|differences? of|(?:exchange|conversion) rates?',
    'subtract\\p{L}*|divid(?:e|es|ed|ing)|concat\\p{L}*|append\\p{L}*|prepend\\p{L}*|compos(?:e|es|ed|ing) (?:the )?(?:functions?|\\p{L}(?= ))|(?:left|right) (?:outer )?joins?|diffs?|git (?:merge|rebase)',
    'sequences?|chords?|middle one|acronyms?|number (?:these|them|the following)|(?:from|to) left to right|alternat(?:e|es|ing)|take turns|enumerate|ranking of',
    '(?:functions?|methods?|constructors?|procedures?|macros?)\\b[^.?!]{0,40}\\b(?:takes?|taking|accepts?|returns?|returning)|(?:parameters|arguments)',
  ].join('|')})(?!\\p{L})`,
  'iu',
);

/** What a function is called with. */
const CALL = /[\p{L}\p{N}_]\([^()]{1,80},[^()]{1,80}\)/u;

/** Whether it matters in a text in which order things are named. */
export const ordersMatter = (text: string): boolean =>
  SORTING.test(text) || IN_TURN.test(text) || (text.includes('(') && CALL.test(text));
