import type { ReadQuestion } from '../verify/judge.js';
import { readWords } from '../verify/words.js';
import { dot } from './unit-vector.js';

/** Whether two answers come to the same; `unclear` where that cannot be told from their words. */
export type Likeness = 'same' | 'different' | 'unclear';

/** Vectors of two answers that say the same are this near or nearer, and rarely below the other. */
const NEAR = 0.8;
const FAR = 0.5;
/** Shorter answers state a fact: what differs in them is what was asked for. */
const FEW_WORDS = 12;

/** Stands for a word or a number at all; punctuation, marks of emphasis and case do not matter. */
const PUNCTUATION = /[^\p{L}\p{M}\p{N}.%°€$£¥₹+-]+|\.(?!\d)/gu;

/**
 * Compares what a model says now with what one had said.
 *
 * Errs on the side of `unclear`: what is unclear teaches nothing, while an error that is not one would
 * forbid answers that are right.
 *
 * @param vectorOf - unit length, of a text; `null` for one that has none
 */
export function likeness(
  one: string,
  other: string,
  vectorOf: (text: string) => ReadQuestion['vector'] | null,
): Likeness {
  const [a, b] = [plain(one), plain(other)];
  if (a.join(' ') === b.join(' ')) return 'same';
  if (a.length === 0 || b.length === 0) return 'different';
  if (Math.min(a.length, b.length) <= FEW_WORDS) return likenessOfFacts(one, other);
  const [vectorA, vectorB] = [vectorOf(one), vectorOf(other)];
  if (vectorA === null || vectorB === null) return 'unclear';
  const similarity = dot(vectorA, vectorB);
  if (similarity < FAR) return 'different';
  return similarity >= NEAR && sharesNumbers(one, other) ? 'same' : 'unclear';
}

/** An answer of a few words is in the other, or contradicts it. */
function likenessOfFacts(one: string, other: string): Likeness {
  const [a, b] = [readWords(one), readWords(other)];
  const [short, long] = a.words.length <= b.words.length ? [a, b] : [b, a];
  const [yesA, yesB] = [saysYes(a.words), saysYes(b.words)];
  if (yesA !== null && yesB !== null && yesA !== yesB) return 'different';
  const known = new Set(long.words);
  const numbers = new Set(long.numbers);
  const lacks = short.words.filter((word) => !known.has(word)).length;
  const isOther = short.numbers.some((number) => !numbers.has(number));
  if (isOther) return 'different';
  if (lacks === 0) return 'same';
  return lacks === short.words.length && short.numbers.length === 0 ? 'different' : 'unclear';
}

function saysYes([first]: readonly string[]): boolean | null {
  if (first === 'yes' || first === 'ja' || first === 'oui' || first === 'true') return true;
  return first === 'no' || first === 'nein' || first === 'non' || first === 'false' ? false : null;
}

/** At least half of the numbers of the one with fewer are in the other. */
function sharesNumbers(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new Set(readWords(text).numbers));
  const [few, many] = (a?.size ?? 0) <= (b?.size ?? 0) ? [a, b] : [b, a];
  if (few === undefined || few.size === 0) return true;
  return 2 * [...few].filter((number) => many?.has(number)).length >= few.size;
}

function plain(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll(PUNCTUATION, ' ')
    .split(' ')
    .filter((word) => word !== '');
}
