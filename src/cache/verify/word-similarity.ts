import { kernelBlock, type RowBlock } from '../../embed/row-block.js';
import { dot } from './dot-product.js';
import { synonymy } from './lexicon.js';
import { isTypo } from './typos.js';
import type { KnownWord } from './word-table.js';

/** The most similar word of another text. */
export interface NearestWord {
  /** `null` if no word is similar. */
  readonly nearest: KnownWord | null;
  /** Its similarity, 0 to 1. */
  readonly similarity: number;
}

export const NO_NEAREST_WORD: NearestWord = { nearest: null, similarity: 0 };
/** At most this many words of a text are compared with others. */
export const MAX_COMPARED = 48;

/** Similarity of two words with the same stem, whatever their vectors say. */
const SAME_STEM = 0.95;
export const SAME_SENSE = 0.93;
/** Similarity of words that share hardly any of their senses; it rises to `SAME_SENSE` for those that share all. */
const SYNONYM_LEAST = 0.6;
const TYPO = 0.9;

/** Similarity of two words, 0 to 1: by spelling, stem and synonyms, or else by meaning. Symmetric. */
export function wordSimilarity(a: KnownWord, b: KnownWord): number {
  return byLetters(a, b) ?? byMeaning(a, b, dot(a.meaning, b.meaning));
}

function byLetters(a: KnownWord, b: KnownWord): number | null {
  if (a.id === b.id && a.text === b.text) return 1;
  if (a.stem === b.stem) return SAME_STEM;
  return a.synonyms.has(b.text) ? SAME_SENSE : null;
}

/** @param cosine - of the two meanings */
function byMeaning(a: KnownWord, b: KnownWord, cosine: number): number {
  const synonym = synonymy(a.entry, b.entry);
  if (synonym > 0) return Math.max(cosine, SYNONYM_LEAST + (SAME_SENSE - SYNONYM_LEAST) * synonym);
  return Math.max(0, cosine, isUnknown(a) !== isUnknown(b) && isTypo(a.text, b.text) ? TYPO : 0);
}

/** Known neither to the embedder nor to the dictionary. Two known words are different words, however similarly they are spelt: `ethanol` and `methanol`. */
export const isUnknown = ({ rarity, entry }: KnownWord): boolean =>
  rarity === 1 && entry.words.length === 0;

/** Words of a text, laid out so that another word is compared with all of them at once. */
export class NearestWordSearch {
  #words: readonly KnownWord[] = [];
  #meanings: RowBlock | null = null;
  #dims = 0;

  /** @param words - at most `MAX_COMPARED`, all from one word table; they replace those held before */
  load(words: readonly KnownWord[]): void {
    this.#words = words;
    const dims = words[0]?.meaning.length ?? 0;
    if (dims === 0) return;
    if (this.#meanings === null || this.#dims !== dims) {
      this.#meanings = kernelBlock(MAX_COMPARED, dims);
      this.#dims = dims;
    }
    const { matrix, stride } = this.#meanings;
    for (let i = 0; i < words.length; i++) {
      const meaning = words[i]?.meaning;
      if (meaning !== undefined) matrix.set(meaning, i * stride);
    }
  }

  /** The first of equally similar ones. */
  nearestTo(word: KnownWord): NearestWord {
    const [words, meanings] = [this.#words, this.#meanings];
    if (words.length === 0 || meanings === null) return NO_NEAREST_WORD;
    const cosines = meanings.products(word.meaning, words.length);
    let nearest: KnownWord | null = null;
    let covered = 0;
    for (let i = 0; i < words.length; i++) {
      const other = words[i];
      if (other === undefined) continue;
      const near = byLetters(word, other) ?? byMeaning(word, other, cosines[i] ?? 0);
      if (near > covered) [nearest, covered] = [other, near];
    }
    return nearest === null ? NO_NEAREST_WORD : { nearest, similarity: covered };
  }
}
