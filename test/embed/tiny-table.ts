import { packArtefact } from '../../models/train/artefact-writer.js';
import { hashWords } from '../../models/train/embedder/vocabulary.js';

const WORDS = ['the', 'cat', 'sat', 'new', 'york', 'dont', '猫', '犬', 'ı'];
const PAIRS = [['new', 'york']] as const;
const BUCKETS = 64;
const LEARNED_DIMS = 32;

/** A table of a few words with arbitrary but fixed numbers: what a trainer would write. */
export function tinyTable(meta: Readonly<Record<string, unknown>> = {}): Buffer {
  const rows = WORDS.length + PAIRS.length + BUCKETS;
  const table = Int8Array.from(
    { length: rows * LEARNED_DIMS },
    (_, i) => (((i + 1) * 7919) % 255) - 127,
  );
  const pairs = PAIRS.map(
    ([first, second]) => WORDS.indexOf(first) * 65_536 + WORDS.indexOf(second),
  );
  return packArtefact({
    kind: 'static-embedder',
    version: 1,
    meta: {
      identityDims: 32,
      learnedDims: LEARNED_DIMS,
      words: WORDS.length,
      pairs: PAIRS.length,
      buckets: BUCKETS,
      signSeed: 7,
      ...meta,
    },
    tables: {
      words: hashWords(WORDS),
      pairs: Uint32Array.from(pairs),
      gains: new Float32Array(rows).fill(0.1),
      scales: new Float32Array(rows).fill(0.01),
      table,
    },
  });
}
