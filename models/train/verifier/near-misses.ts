import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { LabelledPair } from '../embedder/corpus.js';
import { readJsonl } from '../jsonl.js';

const FILE = fileURLToPath(new URL('near-misses.jsonl', import.meta.url));

const nearMiss = z.strictObject({
  id: z.string(),
  kind: z.string(),
  same: z.boolean(),
  a: z.string(),
  b: z.string(),
});

/** Pairs of prompts written by hand, near misses and rewordings. Others than those the tests measure on. */
export async function readNearMisses(): Promise<readonly LabelledPair[]> {
  const pairs: LabelledPair[] = [];
  for await (const { a, b, same } of readJsonl(FILE, nearMiss)) {
    pairs.push({ a, b, label: Number(same) });
  }
  return pairs;
}
