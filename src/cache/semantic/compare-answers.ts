import type { PreparedQuestion } from '../verify/judge.js';
import { readWords } from '../verify/words.js';
import { dot } from './unit-vector.js';

/** Whether two answers agree; `unclear` if that cannot be determined. */
export type AnswerAgreement = 'same' | 'different' | 'unclear';

/** Answers that agree usually have at least the first similarity, and rarely less than the second. */
const SAME_SIMILARITY = 0.8;
const DIFFERENT_SIMILARITY = 0.5;
/** Answers up to this length state a fact, so any difference matters. */
const SHORT_WORDS = 12;

/** Everything but words and numbers: punctuation, emphasis marks. */
const PUNCTUATION = /[^\p{L}\p{M}\p{N}.%°€$£¥₹+-]+|\.(?!\d)/gu;

/**
 * Compares two answers to a question.
 *
 * If in doubt it returns `unclear`, from which nothing is learnt: a false error would keep right answers from being given.
 *
 * @param vectorOf - the vector of a text, of length 1; `null` if it has none
 */
export function compareAnswers(
  one: string,
  other: string,
  vectorOf: (text: string) => PreparedQuestion['vector'] | null,
): AnswerAgreement {
  const [a, b] = [normalizedWords(one), normalizedWords(other)];
  if (a.join(' ') === b.join(' ')) return 'same';
  if (a.length === 0 || b.length === 0) return 'different';
  if (Math.min(a.length, b.length) <= SHORT_WORDS) return compareFacts(one, other);
  const [vectorA, vectorB] = [vectorOf(one), vectorOf(other)];
  if (vectorA === null || vectorB === null) return 'unclear';
  const similarity = dot(vectorA, vectorB);
  if (similarity < DIFFERENT_SIMILARITY) return 'different';
  return similarity >= SAME_SIMILARITY && sharesNumbers(one, other) ? 'same' : 'unclear';
}

/** Compares two answers of which one is short: it is contained in the other, or contradicts it. */
function compareFacts(one: string, other: string): AnswerAgreement {
  const [a, b] = [readWords(one), readWords(other)];
  const [short, long] = a.words.length <= b.words.length ? [a, b] : [b, a];
  const [yesA, yesB] = [yesOrNo(a.words), yesOrNo(b.words)];
  if (yesA !== null && yesB !== null && yesA !== yesB) return 'different';
  const longWords = new Set(long.words);
  const numbers = new Set(long.numbers);
  const missing = short.words.filter((word) => !longWords.has(word)).length;
  const hasOtherNumber = short.numbers.some((number) => !numbers.has(number));
  if (hasOtherNumber) return 'different';
  if (missing === 0) return 'same';
  return missing === short.words.length && short.numbers.length === 0 ? 'different' : 'unclear';
}

function yesOrNo([first]: readonly string[]): boolean | null {
  if (first === 'yes' || first === 'ja' || first === 'oui' || first === 'true') return true;
  return first === 'no' || first === 'nein' || first === 'non' || first === 'false' ? false : null;
}

/** Whether at least half of the numbers of the text with fewer are in the other. */
function sharesNumbers(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new Set(readWords(text).numbers));
  const [few, many] = (a?.size ?? 0) <= (b?.size ?? 0) ? [a, b] : [b, a];
  if (few === undefined || few.size === 0) return true;
  return 2 * [...few].filter((number) => many?.has(number)).length >= few.size;
}

function normalizedWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll(PUNCTUATION, ' ')
    .split(' ')
    .filter((word) => word !== '');
}
