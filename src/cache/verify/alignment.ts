import { synonymsOf } from './synonyms.js';
import type { KnownWord } from './word-table.js';

/** A word of one text that the other does not have, and what comes closest there. */
export interface LeftOver {
  readonly word: KnownWord;
  /** Where it stands, 0 to 1 of the text. */
  readonly place: number;
  /** The nearest word of the other text; `null` where nothing is near. */
  readonly nearest: KnownWord | null;
  /** How near that is, 0 to 1. */
  readonly covered: number;
  /** What stands in its place in the other text; `null` for nothing, or several words. */
  readonly instead: KnownWord | null;
}

/** Which words of two texts are the same, and what is left over on each side. */
export interface Alignment {
  /** Places of the same word in both, in the order of the first. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly left: readonly LeftOver[];
  readonly right: readonly LeftOver[];
}

/** Words of each side that are compared by meaning; of more, those in front. */
const MAX_COMPARED = 48;
/** How near two words of one stem are, whatever the table says of them. */
const SAME_STEM = 0.95;
const SAME_SENSE = 0.93;
const SLIP = 0.9;

/**
 * Lays the words of two texts side by side.
 *
 * Linear in their lengths, but for a bounded number of words that only one of them has.
 */
export function align(a: readonly KnownWord[], b: readonly KnownWord[]): Alignment {
  const pairs = matched(a, b);
  const [inA, inB] = [new Map(pairs), new Map(pairs.map(([i, j]) => [j, i] as const))];
  return { pairs, left: leftOver(a, b, inA, inB), right: leftOver(b, a, inB, inA) };
}

/** The n-th occurrence of a word goes with the n-th in the other text. */
function matched(
  a: readonly KnownWord[],
  b: readonly KnownWord[],
): readonly (readonly [number, number])[] {
  const places = new Map<string, number[]>();
  for (let j = b.length - 1; j >= 0; j--) {
    const text = b[j]?.text ?? '';
    const known = places.get(text);
    if (known === undefined) places.set(text, [j]);
    else known.push(j);
  }
  return a.flatMap(({ text }, i) => {
    const j = places.get(text)?.pop();
    return j === undefined ? [] : [[i, j] as const];
  });
}

function leftOver(
  own: readonly KnownWord[],
  other: readonly KnownWord[],
  ownPartner: ReadonlyMap<number, number>,
  otherPartner: ReadonlyMap<number, number>,
): LeftOver[] {
  const result: LeftOver[] = [];
  const compared = comparable(other, otherPartner);
  for (const [i, word] of own.entries()) {
    if (ownPartner.has(i)) continue;
    result.push({
      word,
      place: own.length < 2 ? 0 : i / (own.length - 1),
      ...(result.length < MAX_COMPARED ? nearestTo(word, compared) : NOTHING_NEAR),
      instead: standsInstead(i, { own, other, ownPartner, otherPartner }),
    });
  }
  return result;
}

/** The other's words without partner, and then as many more as are allowed. */
function comparable(
  words: readonly KnownWord[],
  partner: ReadonlyMap<number, number>,
): readonly KnownWord[] {
  const free = words.filter((_, i) => !partner.has(i));
  const taken = words.filter((_, i) => partner.has(i));
  return [...free, ...taken].slice(0, MAX_COMPARED);
}

const NOTHING_NEAR: Pick<LeftOver, 'nearest' | 'covered'> = { nearest: null, covered: 0 };

function nearestTo(
  word: KnownWord,
  others: readonly KnownWord[],
): Pick<LeftOver, 'nearest' | 'covered'> {
  let found = NOTHING_NEAR;
  for (const other of others) {
    const covered = nearness(word, other);
    if (covered > found.covered) found = { nearest: other, covered };
  }
  return found;
}

/** How near two words are, 0 to 1: by their letters, or else by what they mean. */
export function nearness(a: KnownWord, b: KnownWord): number {
  if (a.text === b.text) return 1;
  if (a.stem === b.stem) return SAME_STEM;
  if (synonymsOf(a.text).has(b.text)) return SAME_SENSE;
  const cosine = Math.max(0, dot(a.meaning, b.meaning));
  return Math.max(cosine, isUnknown(a) !== isUnknown(b) && isSlip(a.text, b.text) ? SLIP : 0);
}

/** Two words that both are known are different words, however alike they are: `ethanol` and `methanol`. */
const isUnknown = ({ rarity }: KnownWord): boolean => rarity === 1;

/** A letter more, less, other, or two swapped, in a word long enough for that to be a slip. */
function isSlip(a: string, b: string): boolean {
  // Fingers slip in the middle; another first letter is another word.
  if (!b.startsWith(a.slice(0, 1))) return false;
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1) return false;
  if (/\d/.test(a) || /\d/.test(b)) return false;
  let front = 0;
  while (front < a.length && a[front] === b[front]) front += 1;
  let back = 0;
  const most = Math.min(a.length, b.length) - front;
  while (back < most && a.at(-1 - back) === b.at(-1 - back)) back += 1;
  const [x, y] = [a.slice(front, a.length - back), b.slice(front, b.length - back)];
  return x.length + y.length <= 2 || (x.length === 2 && x === y.charAt(1) + y.charAt(0));
}

interface Sides {
  readonly own: readonly KnownWord[];
  readonly other: readonly KnownWord[];
  readonly ownPartner: ReadonlyMap<number, number>;
  readonly otherPartner: ReadonlyMap<number, number>;
}

/** "sort a LIST in", "sort a TUPLE in": the words before and behind are the same, those between differ. */
function standsInstead(
  i: number,
  { own, other, ownPartner, otherPartner }: Sides,
): KnownWord | null {
  const before = i === 0 ? -1 : ownPartner.get(i - 1);
  const behind = i === own.length - 1 ? other.length : ownPartner.get(i + 1);
  const j = before === undefined ? (behind ?? 0) - 1 : before + 1;
  if (before === undefined && behind === undefined) return null;
  if (otherPartner.has(j)) return null;
  return other[j] ?? null;
}

/** @returns the scalar product; of two meanings, their cosine */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
