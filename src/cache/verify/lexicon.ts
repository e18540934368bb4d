import { fnv1a } from '../../core/fnv.js';
import { comparativeBases, baseCandidates } from './lemmas.js';

/** The tables of a `Lexicon`. Words are identified by their FNV-1a hash. */
export interface LexiconTables {
  /** Hashes of single words, ascending; shape [words]. */
  readonly words: Uint32Array;
  /** Start of each word's range in `senses`, and the end of the last; shape [words + 1]. */
  readonly senseStarts: Uint32Array;
  /** Ids of the senses that a word shares with another word; ascending per word. */
  readonly senses: Uint32Array;
  /** Number of senses of each word, including those that it shares with no other; shape [words]. */
  readonly senseCounts: Uint32Array;
  /** Start of each word's range in `kinds`, and the end of the last; shape [words + 1]. */
  readonly kindStarts: Uint32Array;
  /** Hashes of a word's hypernyms (what it is a kind of), phrases included; ascending per word. */
  readonly kinds: Uint32Array;
}

/** Dictionary entry of a word as it stands in a text: all its base forms together. */
export interface LexicalEntry {
  /** Hashes of the base forms, ascending. */
  readonly words: Uint32Array;
  readonly senses: Uint32Array;
  readonly senseCount: number;
  readonly kinds: Uint32Array;
  /** A Bloom filter of base forms and senses: entries without a common bit have none in common. */
  readonly bits: number;
}

/** How the dictionary relates two words. */
export interface LexicalRelation {
  /** Shared senses, as a share of those of the word with fewer: 0 for no synonyms, 1 for words that mean the same. */
  readonly synonym: number;
  /** One is a kind of the other: `lemon` and `fruit`. */
  readonly isKind: boolean;
  /** Both are kinds of the same thing, but not synonyms: `lemon` and `orange`. */
  readonly areSisters: boolean;
}

const NONE = new Uint32Array(0);
const UNKNOWN: LexicalEntry = { words: NONE, senses: NONE, senseCount: 0, kinds: NONE, bits: 0 };
export const UNRELATED: LexicalRelation = { synonym: 0, isKind: false, areSisters: false };

export const ONE_MEANING: LexicalRelation = { synonym: 1, isKind: false, areSisters: false };

/**
 * A dictionary of single English words (from WordNet): which are synonyms, and which are kinds of the same thing.
 *
 * Word vectors are similar for `lemon` and `orange` as well as for `tap` and `faucet`, but only the latter are interchangeable in a
 * question.
 */
export class Lexicon {
  readonly tables: LexiconTables;

  constructor(tables: LexiconTables) {
    this.tables = tables;
  }

  /** @param word - lower case, in any form: `mice`, `bought`, `leaking` */
  find(word: string): LexicalEntry {
    const { words, senses, senseCounts, senseStarts, kinds, kindStarts } = this.tables;
    const placesOf = (forms: readonly string[]): number[] =>
      forms.flatMap((form) => placeOf(words, fnv1a(form)) ?? []);
    const own = placesOf(baseCandidates(word));
    const places = own.length > 0 ? own : placesOf(comparativeBases(word));
    if (places.length === 0) return UNKNOWN;
    const forms = union(places, (place) => words.subarray(place, place + 1));
    const meanings = union(places, (place) => part(senses, senseStarts, place));
    return {
      words: forms,
      senses: meanings,
      bits: [...forms, ...meanings].reduce((bits, number) => bits | (1 << (number & 31)), 0),
      senseCount: places.reduce((sum, place) => sum + (senseCounts[place] ?? 0), 0),
      kinds: union(places, (place) => part(kinds, kindStarts, place)),
    };
  }
}

/** `LexicalRelation.synonym` of two words. Symmetric. */
export function synonymy(a: LexicalEntry, b: LexicalEntry): number {
  if ((a.bits & b.bits) === 0) return 0;
  // `mouse` and `mice`.
  if (shared(a.words, b.words) > 0) return 1;
  const both = shared(a.senses, b.senses);
  return both === 0 ? 0 : both / Math.min(a.senseCount, b.senseCount);
}

/** How the dictionary relates two words. Symmetric. */
export function relationOf(a: LexicalEntry, b: LexicalEntry): LexicalRelation {
  if (a === UNKNOWN || b === UNKNOWN) return UNRELATED;
  const synonym = synonymy(a, b);
  if (synonym === 1 && shared(a.words, b.words) > 0) return ONE_MEANING;
  const isKind = shared(a.words, b.kinds) > 0 || shared(a.kinds, b.words) > 0;
  const areSisters = synonym === 0 && shared(a.kinds, b.kinds) > 0;
  return { synonym, isKind, areSisters };
}

/** Size of the intersection of two ascending lists. */
function shared(a: Uint32Array, b: Uint32Array): number {
  let [i, j, count] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) count += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return count;
}

function placeOf(rising: Uint32Array, value: number): number | undefined {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return rising[low] === value ? low : undefined;
}

const part = (all: Uint32Array, starts: Uint32Array, place: number): Uint32Array =>
  all.subarray(starts[place], starts[place + 1]);

function union(places: readonly number[], of: (place: number) => Uint32Array): Uint32Array {
  const [only, ...others] = places;
  if (only === undefined) return NONE;
  if (others.length === 0) return of(only);
  return Uint32Array.from(new Set(places.flatMap((place) => [...of(place)]))).sort();
}
