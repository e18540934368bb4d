import type { KnownWord } from '../../../../src/cache/verify/word-table.js';
import { MAX_NETWORK_WORDS } from '../../../../src/cache/verify/word-context.js';
import type { Random } from '../../random.js';

/** Dimensions of a word vector: the same as the learned half of an embedder's, which initialises it. */
export const NETWORK_DIMS = 128;
/** Initial length of a word vector; shorter for a word that the embedder does not know. */
const FIRST_LENGTH = 3;
const FIRST_LENGTH_UNKNOWN = 2;
/** Minimum number of occurrences of a word to be in the vocabulary. */
const LEAST_SEEN = 2;

/** A text as the network sees it: its first words. */
export interface NetworkText {
  /** Rows in a `NetworkVocabulary`, -1 for words that are not in it. */
  readonly rows: Int32Array;
  readonly ids: Uint32Array;
  readonly rarities: Float32Array;
}

/** The words that have a row. */
export interface NetworkVocabulary {
  /** FNV-1a hashes, ascending; the index of a hash is its row. */
  readonly hashes: Uint32Array;
  /** The word of each row. */
  readonly texts: readonly string[];
}

/**
 * The vocabulary of training texts.
 *
 * @param texts - the words of each text
 */
export function networkVocabulary(texts: Iterable<readonly KnownWord[]>): NetworkVocabulary {
  const seen = new Map<number, { readonly text: string; times: number }>();
  for (const known of texts) {
    for (const { id, text } of known.slice(0, MAX_NETWORK_WORDS)) {
      const word = seen.get(id);
      if (word === undefined) seen.set(id, { text, times: 1 });
      else word.times += 1;
    }
  }
  const kept = [...seen].filter(([, { times }]) => times >= LEAST_SEEN).sort(([a], [b]) => a - b);
  return {
    hashes: Uint32Array.from(kept, ([id]) => id),
    texts: kept.map(([, { text }]) => text),
  };
}

/** Maps texts to rows of a vocabulary. */
export class NetworkReader {
  readonly #rowOf: ReadonlyMap<number, number>;

  constructor({ hashes }: NetworkVocabulary) {
    this.#rowOf = new Map([...hashes].map((hash, row) => [hash, row]));
  }

  read(known: readonly KnownWord[]): NetworkText {
    const words = known.slice(0, MAX_NETWORK_WORDS);
    return {
      rows: Int32Array.from(words, ({ id }) => this.#rowOf.get(id) ?? -1),
      ids: Uint32Array.from(words, ({ id }) => id),
      rarities: Float32Array.from(words, ({ rarity }) => rarity),
    };
  }
}

/**
 * Initial word vectors: the meanings of an embedder that was not trained on the pairs which the network is used for.
 *
 * @param find - looks a word up in that embedder
 * @returns shape [words, NETWORK_DIMS]
 */
export function initialVectors(
  { texts }: NetworkVocabulary,
  find: (text: string) => KnownWord,
  random: Random,
): Float32Array {
  const vectors = new Float32Array(texts.length * NETWORK_DIMS);
  for (const [row, text] of texts.entries()) {
    const { meaning } = find(text);
    const at = row * NETWORK_DIMS;
    if (meaning.some((value) => value !== 0)) {
      for (let k = 0; k < NETWORK_DIMS; k++) vectors[at + k] = FIRST_LENGTH * (meaning[k] ?? 0);
    } else {
      const scale = FIRST_LENGTH_UNKNOWN / Math.sqrt(NETWORK_DIMS);
      for (let k = 0; k < NETWORK_DIMS; k++) vectors[at + k] = scale * random.normal();
    }
  }
  return vectors;
}
