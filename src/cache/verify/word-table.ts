import { fnv1a } from '../../core/fnv.js';
import { LruMemo } from '../../core/lru-memo.js';
import type { StaticEmbedder } from '../../embed/static-embedder.js';
import type { LexicalEntry, Lexicon } from './lexicon.js';
import { americanSpelling } from './spelling.js';
import { stemOf } from './stem.js';
import { synonymsOf } from './synonyms.js';

/** A word as the verifier sees it. */
export interface KnownWord {
  /** In American spelling. */
  readonly text: string;
  /** The same for the same text, and hardly ever for another; below 2^32. */
  readonly id: number;
  /** Words that nearly always mean the same, itself included; empty for most. */
  readonly synonyms: ReadonlySet<string>;
  /** Its dictionary entry. */
  readonly entry: LexicalEntry;
  /** Without its common ending: the same for `install`, `installs` and `installing`. */
  readonly stem: string;
  /** How rare and so how informative it is, 0 (the commonest) to 1 (unknown to the embedder). */
  readonly rarity: number;
  /** Meaning vector; unit length, or zeros if the embedder has learned nothing for it. */
  readonly meaning: Float32Array;
}

/** Words up to this rarity count as function words: articles, prepositions, forms of to be. */
export const FUNCTION_RARITY = 0.46;

/** Size of the word cache. English speakers use fewer in a day. */
const MAX_KEPT = 20_000;
/** Rows of the embedder's words are in order of frequency; words from this row on count as rarest. */
const RAREST_ROW = 32_000;

/** Looks words up in the embedder's table and the lexicon, and caches those used recently. */
export class WordTable {
  readonly #embedder: StaticEmbedder;
  readonly #lexicon: Lexicon;
  readonly #words = new LruMemo<string, KnownWord>(MAX_KEPT, (text) => this.#read(text));

  /** Length of the front part of the embedder's vectors, which says which words occur. */
  get identityDims(): number {
    return this.#embedder.identityDims;
  }

  constructor(embedder: StaticEmbedder, lexicon: Lexicon) {
    this.#embedder = embedder;
    this.#lexicon = lexicon;
  }

  /** @param text - one word or number, lower case */
  find(text: string): KnownWord {
    return this.#words.get(text);
  }

  #read(written: string): KnownWord {
    const text = americanSpelling(written);
    const { row, meaning } = this.#embedder.lookUpWord(text);
    const rank = row ?? RAREST_ROW;
    const rarity = Math.min(1, Math.log1p(rank) / Math.log1p(RAREST_ROW));
    return {
      text,
      id: fnv1a(text),
      synonyms: synonymsOf(text),
      entry: this.#lexicon.find(text),
      stem: stemOf(text),
      rarity,
      meaning,
    };
  }
}
