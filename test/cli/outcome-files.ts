import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gradedLines } from '../route/local/graded-lines.js';

/** Writes graded answers to a file of the folder, and returns its path. */
export async function writeOutcomes(
  folder: string,
  count: number,
  luck: number,
  seed: number,
): Promise<string> {
  const file = path.join(folder, `outcomes-${count}-${luck}-${seed}.jsonl`);
  const lines = gradedLines(count, luck, seed).map((line) => JSON.stringify(line));
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** Grades as from feedback: of one model only, all of them 1. */
export async function writeGoodAnswers(
  folder: string,
  count: number,
  model = 'acme/weak-1',
  promptOf = (i: number) => `Say hello to ${i}`,
): Promise<string> {
  const file = path.join(folder, `good-${count}.jsonl`);
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ id: i, prompt: promptOf(i), outcomes: { [model]: { score: 1 } } }),
  );
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}
