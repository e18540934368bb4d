import path from 'node:path';
import * as z from 'zod';
import type { WordTable } from '../../../src/cache/verify/word-table.js';
import { unitHashOf } from '../../../src/outcomes/split.js';
import type { LabelledPair } from '../embedder/corpus.js';
import { readJsonl } from '../jsonl.js';
import type { Random } from '../random.js';
import { PairGenerator } from './pair-generator.js';

/** Sources of questions that pairs are made from, and the share of each that is used. */
const SOURCES: readonly (readonly [file: string, source: RegExp, share: number])[] = [
  ['prompts.jsonl.gz', /^(?:gpteacher|hh-rlhf|arena-hard|flask)/, 1],
  ['queries.jsonl.gz', /^(?:staqc|query-well|anserini-msmarco|anserini-dpr\.nq|nl2bash)/, 0.12],
];
const MAX_QUESTIONS = 20_000;
const MAX_CHARS = 600;
const MIN_WORDS = 4;
/** Minimum number of occurrences of a word to be used as a substitute. */
const MIN_OCCURRENCES = 4;

const line = z.object({ text: z.string(), source: z.string().optional() });

/** Pairs by part; all pairs made from a question are in the same part. */
export type GeneratedPairs = Readonly<
  Record<'fit' | 'validation' | 'test', readonly LabelledPair[]>
>;

/** Makes pairs from `text/prompts` and `text/queries`. Deterministic given `random`. */
export async function generatePairs(
  dataFolder: string,
  table: WordTable,
  random: Random,
): Promise<GeneratedPairs> {
  const questions: string[] = [];
  for (const [file, pattern, share] of SOURCES) {
    for await (const { text, source } of readJsonl(path.join(dataFolder, 'text', file), line)) {
      if (!pattern.test(source ?? '') || random.next() >= share) continue;
      if (text.length <= MAX_CHARS && text.split(' ').length >= MIN_WORDS) questions.push(text);
    }
  }
  random.shuffle(questions);
  const maker = new PairGenerator(vocabularyOf(questions), table, random);
  const generated = {
    fit: [] as LabelledPair[],
    validation: [] as LabelledPair[],
    test: [] as LabelledPair[],
  };
  for (const question of questions.slice(0, MAX_QUESTIONS)) {
    const pairs = [maker.same(question), maker.different(question)];
    generated[partOf(question)].push(...pairs.filter((pair) => pair !== null));
  }
  return generated;
}

function partOf(question: string): keyof GeneratedPairs {
  const place = unitHashOf(question);
  if (place < 0.75) return 'fit';
  return place < 0.85 ? 'validation' : 'test';
}

function vocabularyOf(questions: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const question of questions) {
    for (const [word] of question.toLowerCase().matchAll(/\p{L}{3,}/gu)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].filter(([, count]) => count >= MIN_OCCURRENCES).map(([word]) => word);
}
