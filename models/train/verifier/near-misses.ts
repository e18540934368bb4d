import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { LabelledPair } from '../embedder/corpus.js';
import { readJsonl } from '../jsonl.js';

/** Handwritten pairs by use: calibration, model selection (development), or the final test. */
const FILES = {
  calibration: 'near-misses.jsonl',
  development: 'development.jsonl',
  test: '../../../test/cache/verify/near-misses.jsonl',
} as const;

const nearMiss = z.strictObject({
  id: z.string(),
  kind: z.string(),
  same: z.boolean(),
  a: z.string(),
  b: z.string(),
});

/** Handwritten pairs of prompts: near misses and rewordings. */
export function readNearMisses(use: keyof typeof FILES): Promise<readonly LabelledPair[]> {
  return readWrittenPairs(FILES[use]);
}

/** Pairs of a file of this folder. @throws {DataError} it is missing or broken */
export async function readWrittenPairs(name: string): Promise<readonly LabelledPair[]> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const pairs: LabelledPair[] = [];
  for await (const { a, b, same } of readJsonl(file, nearMiss)) {
    pairs.push({ a, b, label: Number(same) });
  }
  return pairs;
}
