import type { KnownWord } from '../../../../src/cache/verify/word-table.js';
import { MAX_NETWORK_WORDS } from '../../../../src/cache/verify/word-context.js';
import type { Random } from '../../random.js';

/** Numbers a word: as many as an embedder has learned of its meaning, so that these can be what it begins with. */
export const NETWORK_DIMS = 128;
/** How long a word's numbers are at first; that of one without a meaning is shorter. */
const FIRST_LENGTH = 3;
const FIRST_LENGTH_UNKNOWN = 2;
/** A word that is seen less often teaches nothing that would serve another text. */
const LEAST_SEEN = 2;

/** A text as the network sees it: its first words. */
export interface NetworkText {
  /** Rows in a `NetworkVocabulary`, -1 for words that are not in it. */
  readonly rows: Int32Array;
  readonly ids: Uint32Array;
  readonly rarities: Float32Array;
}

/** Which words have a row, and what one may begin with. */
export interface NetworkVocabulary {
  /** FNV-1a hashes, rising; the place of a hash is its row. */
  readonly hashes: Uint32Array;
  /** Of one and the same word by each row. */
  readonly texts: readonly string[];
}

/**
 * The words of texts that are learned from.
 *
 * @param texts - of each its words, as they are counted
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

/** Lays texts out by a vocabulary. */
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
 * What words mean before anything is learned of pairs: what an embedder says, that has not met the pairs which the network is to judge.
 *
 * @param find - a word as that embedder knows it
 * @returns shape [words, NETWORK_DIMS]
 */
export function firstVectors(
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
