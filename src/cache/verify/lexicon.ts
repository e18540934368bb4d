import { fnv1a } from '../../core/fnv.js';
import { comparedOf, lemmasOf } from './lemmas.js';

/** The tables of a `Lexicon`. Words are named by their FNV-1a hash. */
export interface LexiconTables {
  /** Hashes of single words, rising; shape [words]. */
  readonly words: Uint32Array;
  /** Where each word's part of `senses` begins, and where the last one's ends; shape [words + 1]. */
  readonly senseStarts: Uint32Array;
  /** Numbers of the senses that a word shares with another word; of each word rising. */
  readonly senses: Uint32Array;
  /** How many senses each word has, those it shares with no word included; shape [words]. */
  readonly senseCounts: Uint32Array;
  /** Where each word's part of `kinds` begins, and where the last one's ends; shape [words + 1]. */
  readonly kindStarts: Uint32Array;
  /** Hashes of what a word is a kind of, phrases included; of each word rising. */
  readonly kinds: Uint32Array;
}

/** What a dictionary says of one word as it stands in a text, all its base forms together. */
export interface LexicalEntry {
  /** Hashes of the base forms, rising. */
  readonly words: Uint32Array;
  readonly senses: Uint32Array;
  readonly senseCount: number;
  readonly kinds: Uint32Array;
  /** A bit for each base form and sense: entries without a common bit have none in common, which is seen at once. */
  readonly bits: number;
}

/** What two words are to each other by the dictionary. */
export interface LexicalRelation {
  /** Share of senses that both have, of the one that has fewer: 0 for no synonyms, 1 for words of one meaning. */
  readonly synonym: number;
  /** One is a kind of the other: `lemon` and `fruit`. */
  readonly isKind: boolean;
  /** Both are kinds of one thing and not synonyms: `lemon` and `orange`. */
  readonly areSisters: boolean;
}

const NONE = new Uint32Array(0);
const UNKNOWN: LexicalEntry = { words: NONE, senses: NONE, senseCount: 0, kinds: NONE, bits: 0 };
export const UNRELATED: LexicalRelation = { synonym: 0, isKind: false, areSisters: false };

export const ONE_MEANING: LexicalRelation = { synonym: 1, isKind: false, areSisters: false };

/**
 * A dictionary of single English words: which mean the same, and which are kinds of the same.
 *
 * Vectors of words say that `lemon` and `orange` are alike, as they say of `tap` and `faucet`; whether one answer serves
 * both is what tells these apart.
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
    const own = placesOf(lemmasOf(word));
    const places = own.length > 0 ? own : placesOf(comparedOf(word));
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

/** How far two words mean the same, as in `LexicalRelation`; the same whichever comes first. */
export function synonymy(a: LexicalEntry, b: LexicalEntry): number {
  if ((a.bits & b.bits) === 0) return 0;
  // `mouse` and `mice`.
  if (shared(a.words, b.words) > 0) return 1;
  const both = shared(a.senses, b.senses);
  return both === 0 ? 0 : both / Math.min(a.senseCount, b.senseCount);
}

/** The same whichever comes first. */
export function relationOf(a: LexicalEntry, b: LexicalEntry): LexicalRelation {
  if (a === UNKNOWN || b === UNKNOWN) return UNRELATED;
  const synonym = synonymy(a, b);
  if (synonym === 1 && shared(a.words, b.words) > 0) return ONE_MEANING;
  const isKind = shared(a.words, b.kinds) > 0 || shared(a.kinds, b.words) > 0;
  const areSisters = synonym === 0 && shared(a.kinds, b.kinds) > 0;
  return { synonym, isKind, areSisters };
}

/** How many numbers two rising lists have in common. */
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

function placeOf(rising: Uint32Array, wanted: number): number | undefined {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return rising[low] === wanted ? low : undefined;
}

const part = (all: Uint32Array, starts: Uint32Array, place: number): Uint32Array =>
  all.subarray(starts[place], starts[place + 1]);

function union(places: readonly number[], of: (place: number) => Uint32Array): Uint32Array {
  const [only, ...others] = places;
  if (only === undefined) return NONE;
  if (others.length === 0) return of(only);
  return Uint32Array.from(new Set(places.flatMap((place) => [...of(place)]))).sort();
}
