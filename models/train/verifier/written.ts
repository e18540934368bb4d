import { placeOf } from '../../../src/outcomes/part.js';
import type { LabelledPair } from '../embedder/corpus.js';
import { readWrittenPairs } from './near-misses.js';

/** What of the written pairs is learned from, calibrated on and chosen on. */
export type WrittenPart = 'fit' | 'calibration' | 'development';

/** Where each part ends, as a share of all. */
const PART_ENDS: readonly (readonly [WrittenPart, number])[] = [
  ['fit', 0.7],
  ['calibration', 0.85],
  ['development', 1],
];

/**
 * Pairs of prompts that were written for this, and what each counts.
 *
 * Whoever writes rewordings freely changes their form, and keeps that of near misses; form alone would tell them apart. So in
 * the second file it is the other way round. In the third grammar changes in both, and hardly a word. These two count for more, as
 * they are smaller.
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

/** What a written pair is for, or one that was found: a function of its first text. */
export const partOfWritten = ({ a }: LabelledPair): WrittenPart =>
  PART_ENDS.find(([, end]) => placeOf(a) < end)?.[0] ?? 'development';

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
