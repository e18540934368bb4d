import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { TextKeys } from '../../embedder/corpus.js';
import { readJsonl } from '../../jsonl.js';
import type { Example } from '../examples.js';
import { readWritten } from '../written.js';
import { isTrainedOn, type PairParts } from '../pair-parts.js';

/** A question of the data folder. */
export interface FoundQuestion {
  readonly text: string;
  /** Where it came from: a set of pairs, or the source of a text. */
  readonly source: string;
  /** The half of the labelled pairs that it is in; `null` for none. */
  readonly half: Example['half'] | null;
}

const SOURCES: readonly (readonly [file: string, source: RegExp])[] = [
  ['prompts.jsonl.gz', /^(?:gpteacher|hh-rlhf|llmrouter|arena-hard|flask|alpaca|self-|open-)/],
  [
    'queries.jsonl.gz',
    /^(?:staqc|query-well|nl2bash|anserini-(?:msmarco|dpr\.(?:nq|wq|trivia|squad)\.(?:dev|test)\.txt|nq\.(?:dev|test)\.txt|beir-v1\.0\.0-(?:hotpotqa|cqadup)|mbeir-webqa|miracl-v1\.0-en))/,
  ],
];
/** The source of prompts that were written for training. */
export const WRITTEN = 'written';
const MAX_CHARS = 300;
const MIN_WORDS = 3;

const line = z.object({ text: z.string(), source: z.string().default('') });

/**
 * Questions of `text/`, and of the labelled and written pairs that are trained on, each once. None is in the validation, test or
 * held-out pairs; some are also used for generated pairs.
 *
 * @throws {DataError} a file is missing or broken
 */
export async function readQuestions(
  dataFolder: string,
  { pairs, heldOut, keys }: PairParts,
): Promise<readonly FoundQuestion[]> {
  const normal = new TextKeys();
  const seen = new Set([...keys.validation, ...keys.test]);
  for (const { a, b } of [...heldOut.values()].flat()) seen.add(normal.of(a)).add(normal.of(b));
  const questions: FoundQuestion[] = [];
  const add = (question: FoundQuestion): void => {
    const key = normal.of(question.text);
    if (seen.has(key)) return;
    seen.add(key);
    const isShort = question.text.length <= MAX_CHARS;
    if (isShort && key.split(' ').length >= MIN_WORDS) questions.push(question);
  };
  const halves = [...pairs.first].map(([source, own]) => ({ source, own, half: 0 }) as const);
  const others = [...pairs.second].map(([source, own]) => ({ source, own, half: 1 }) as const);
  for (const { source, own, half } of [...halves, ...others].filter(isQuestionSet)) {
    for (const text of own.flatMap(({ a, b }) => [a, b])) add({ text, source, half });
  }
  for (const [file, pattern] of SOURCES) {
    for await (const { text, source } of readJsonl(path.join(dataFolder, 'text', file), line)) {
      if (pattern.test(source)) add({ text, source, half: null });
    }
  }
  for (const { pairs: writtenPairs } of await readWritten('fit')) {
    for (const text of writtenPairs.flatMap(({ a, b }) => [a, b])) {
      add({ text, source: WRITTEN, half: null });
    }
  }
  return questions;
}

/** Not `text2sql`, which has a few questions with varying values. */
const isQuestionSet = ({ source }: { readonly source: string }): boolean =>
  isTrainedOn(source) && source !== 'text2sql';

/** An id of a text that does not reveal it. */
export function textId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
