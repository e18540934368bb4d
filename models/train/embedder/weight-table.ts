import { fillSigns } from '../../../src/embed/signs.js';
import { EMBEDDER_KIND, EMBEDDER_VERSION } from '../../../src/embed/static-embedder.js';
import { Tokenizer } from '../../../src/embed/tokenize.js';
import type { Vocabulary } from '../../../src/embed/tokenize.js';
import type { ArtefactParts } from '../artefact-writer.js';

/** Dimensions that say which words occur, and dimensions that are learned. */
export const IDENTITY_DIMS = 128;
export const LEARNED_DIMS = 128;
export const DIMS = IDENTITY_DIMS + LEARNED_DIMS;

const SIGN_SEED = 20_260;

/** An embedding table in full precision, as it is trained. */
export class WeightTable {
  readonly vocabulary: Vocabulary;
  readonly tokenizer: Tokenizer;
  readonly rows: number;
  /** Shape [rows, IDENTITY_DIMS]; never changes. */
  readonly signs: Int8Array;
  /** Factor of each row's signs. */
  readonly gains: Float32Array;
  /** Shape [rows, LEARNED_DIMS]. */
  readonly learned: Float32Array;

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.tokenizer = new Tokenizer(vocabulary);
    this.rows = this.tokenizer.rows;
    this.signs = fillSigns(this.rows, IDENTITY_DIMS, SIGN_SEED);
    this.gains = new Float32Array(this.rows);
    this.learned = new Float32Array(this.rows * LEARNED_DIMS);
  }

  /** The table as `StaticEmbedder.load` reads it: learned rows in 8 bits, each with a scale. */
  quantise(training: Readonly<Record<string, unknown>>): ArtefactParts {
    const scales = new Float32Array(this.rows);
    const table = new Int8Array(this.rows * LEARNED_DIMS);
    for (let row = 0; row < this.rows; row++) {
      const values = this.learned.subarray(row * LEARNED_DIMS, (row + 1) * LEARNED_DIMS);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      scales[row] = largest / 127;
      if (largest === 0) continue;
      values.forEach((value, i) => {
        table[row * LEARNED_DIMS + i] = Math.round((value / largest) * 127);
      });
    }
    const { words, pairs, buckets } = this.vocabulary;
    return {
      kind: EMBEDDER_KIND,
      version: EMBEDDER_VERSION,
      meta: {
        identityDims: IDENTITY_DIMS,
        learnedDims: LEARNED_DIMS,
        words: words.length / 2,
        pairs: pairs.length,
        buckets,
        signSeed: SIGN_SEED,
        training,
      },
      tables: { words, pairs, gains: this.gains, scales, table },
    };
  }
}
