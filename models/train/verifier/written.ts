import { unitHashOf } from '../../../src/outcomes/split.js';
import type { LabelledPair } from '../embedder/corpus.js';
import { readWrittenPairs } from './near-misses.js';

/** Parts of the written pairs: for training, calibration and model selection. */
export type WrittenPart = 'fit' | 'calibration' | 'development';

/** Where each part ends, as a share of all. */
const PART_ENDS: readonly (readonly [WrittenPart, number])[] = [
  ['fit', 0.7],
  ['calibration', 0.85],
  ['development', 1],
];

/**
 * Files of pairs that were written for training, and their weights.
 *
 * A free rewording changes the form, and a near miss keeps it, so form alone would separate them. In the second file it is the
 * other way round. In the third, grammar changes in both, and hardly any word. The latter two weigh more, as they are smaller.
 */
const FILES = [
  ['written-freely.jsonl', 2],
  ['written-against-form.jsonl', 4],
  ['written-grammar.jsonl', 3],
] as const;

/** Pairs of one file. */
interface Written {
  readonly set: string;
  readonly weight: number;
  readonly pairs: readonly LabelledPair[];
}

/** The part of a written or found pair, determined by its first text. */
export const partOfWritten = ({ a }: LabelledPair): WrittenPart =>
  PART_ENDS.find(([, end]) => unitHashOf(a) < end)?.[0] ?? 'development';

/** The written pairs of a part. @throws {DataError} a file is broken */
export async function readWritten(part: WrittenPart): Promise<readonly Written[]> {
  return Promise.all(
    FILES.map(async ([file, weight]) => ({
      set: file.replace('.jsonl', ''),
      weight,
      pairs: (await readWrittenPairs(file)).filter((pair) => partOfWritten(pair) === part),
    })),
  );
}
