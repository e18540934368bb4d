import { isOrderSignificant } from './significant-order.js';

const WORD = '[\\p{L}\\p{N}][\\p{L}\\p{N}-]*';
/** A list of three or more words that does not begin the sentence: `oak, lime and maple`. */
const LIST = new RegExp(
  `(?<=[\\p{L}\\p{N}:] )((?:${WORD}, ){1,12})(${WORD}),? (and|or) (${WORD})(?![\\p{L}\\p{N}-])`,
  'giu',
);
/** With one of these words, the order may matter. */
const IN_TURN =
  /\b(?:respective(?:ly)?|order(?:ed)?|former|latter|first|last|then|next|series|pattern|continue|before|after|steps?|rotate|reverse|rgb|between|minus|subtract|divide|vector|array|tuple|matrix|coordinates?)\b/iu;
const ADDS = /\b(?:sum|add|average|mean|median|product|total|largest|smallest|lcm|gcd)\b/iu;

/** @returns the text with its lists in alphabetical order, unless something in it suggests that their order matters */
export function sortLists(text: string): string {
  if (!text.includes(', ') || IN_TURN.test(text) || isOrderSignificant(text)) return text;
  if (/\d/u.test(text) && !ADDS.test(text)) return text;
  return text.replaceAll(LIST, (_, front: string, before: string, joint: string, last: string) => {
    const members = [...front.split(', ').slice(0, -1), before, last].sort();
    return `${members.slice(0, -1).join(', ')} ${joint} ${members.at(-1) ?? ''}`;
  });
}
