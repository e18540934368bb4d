import { kernelBlock, type RowBlock } from '../../embed/row-block.js';
import { dot } from './dot.js';
import { synonymy } from './lexicon.js';
import { isSlip } from './slips.js';
import type { KnownWord } from './word-table.js';

/** What comes nearest to a word. */
export interface Nearest {
  /** `null` where nothing is near. */
  readonly nearest: KnownWord | null;
  /** How near that is, 0 to 1. */
  readonly covered: number;
}

export const NOTHING_NEAR: Nearest = { nearest: null, covered: 0 };
/** Words of a text that others are compared with at most. */
export const MAX_COMPARED = 48;

/** How near two words of one stem are, whatever the table says of them. */
const SAME_STEM = 0.95;
export const SAME_SENSE = 0.93;
/** How near words are that have one sense of many in common; with all, as near as those that always mean the same. */
const SYNONYM_LEAST = 0.6;
const SLIP = 0.9;

/** How near two words are, 0 to 1: by their letters, or else by what they mean. The same whichever comes first. */
export function nearness(a: KnownWord, b: KnownWord): number {
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
  return Math.max(0, cosine, isUnknown(a) !== isUnknown(b) && isSlip(a.text, b.text) ? SLIP : 0);
}

/** Known neither to the embedder nor to the dictionary. Two words that both are known are different words, however alike they are: `ethanol` and `methanol`. */
export const isUnknown = ({ rarity, entry }: KnownWord): boolean =>
  rarity === 1 && entry.words.length === 0;

/** Words of a text, laid out so that another is compared with all of them at once. */
export class NearWords {
  #words: readonly KnownWord[] = [];
  #meanings: RowBlock | null = null;
  #dims = 0;

  /** @param words - at most `MAX_COMPARED`, in place of those held before; of one table all */
  hold(words: readonly KnownWord[]): void {
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

  /** Of equally near ones the first. */
  nearestTo(word: KnownWord): Nearest {
    const [words, meanings] = [this.#words, this.#meanings];
    if (words.length === 0 || meanings === null) return NOTHING_NEAR;
    const cosines = meanings.products(word.meaning, words.length);
    let nearest: KnownWord | null = null;
    let covered = 0;
    for (let i = 0; i < words.length; i++) {
      const other = words[i];
      if (other === undefined) continue;
      const near = byLetters(word, other) ?? byMeaning(word, other, cosines[i] ?? 0);
      if (near > covered) [nearest, covered] = [other, near];
    }
    return nearest === null ? NOTHING_NEAR : { nearest, covered };
  }
}
