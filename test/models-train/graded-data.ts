import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { jsonl, madeUpLines } from '../bench/quality/made-up.js';

/** Two sets that are never held out together. */
const SETS = ['farel_bench', 'eq_bench_v2'];
const GRADED = 160;
const ASKED = 300;

/**
 * Writes the smallest data folder that a predictor can be trained on.
 *
 * @param worded - rewords a synthetic prompt
 */
export async function writeGradedData(
  folder: string,
  worded = (prompt: string): string => prompt,
): Promise<string> {
  const said = (count: number, seed: number) =>
    madeUpLines(count, seed).map((line) => ({ ...line, prompt: worded(line.prompt) }));
  await mkdir(path.join(folder, 'outcomes'), { recursive: true });
  await mkdir(path.join(folder, 'text'));
  await writeFile(path.join(folder, 'prices.json'), '{"models":{}}');
  for (const [i, set] of SETS.entries()) {
    const lines = gzipSync(jsonl(said(GRADED, 7 + i)));
    await writeFile(path.join(folder, 'outcomes', `${set}.jsonl.gz`), lines);
  }
  const asked = said(ASKED, 3).map(({ prompt }) => ({ text: prompt, source: 'made-up' }));
  await writeFile(path.join(folder, 'text', 'prompts.jsonl.gz'), gzipSync(jsonl(asked)));
  return folder;
}
