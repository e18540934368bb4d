import type { Model } from '../core/model.js';
import { Random } from '../core/random.js';
import type { StoredHead } from '../route/local/head-artefact.js';
import {
  crossValidatedHead,
  tuningTask,
  type TuningLine,
  type TuningTask,
} from '../route/local/tune.js';
import { WordGrams } from '../route/local/word-grams.js';
import { modelKey } from '../route/model-name.js';
import type { Predictor } from '../route/predictor.js';
import type { TuningData } from './tune-data.js';
import { gainsOf, type Comparison, type Forecast } from './tune-report.js';

/** Unseen prompts, and unseen answers of each of its models, that a head in force must have to be compared with on these. */
const LEAST_UNSEEN = 100;
const LEAST_ANSWERS = 50;
/** Share of the prompts of the head in force that must be among the graded ones to be compared with on these. */
const MOST_OF_ITS_PROMPTS = 0.9;

/** What a new head is compared with. */
export interface Rivals {
  readonly modelOf: (name: string) => Model;
  /** The head in force, and the predictor that it makes; `null` for none. */
  readonly head: { readonly predictor: Predictor; readonly stored: StoredHead } | null;
  readonly random: Random;
  /** The order in which the new head was fitted: fits to the same prompts are to be the same. */
  readonly seed: number;
}

/** Measures a new head against the predictor as it comes and against the head in force. */
export function compared(
  data: TuningData,
  task: TuningTask,
  is: Forecast,
  { head, modelOf, random, seed }: Rivals,
): Comparison {
  const { graded, anchors: pair } = task;
  const contest = { graded, is, prompts: data.hashes, pair };
  const rows = data.lines.map((_, i) => i);
  const shipped = gainsOf({ ...contest, was: bySelf(graded.offsets), rows }, () => random.next());
  if (head === null) return { shipped, head: null };
  const seen = new Set(head.stored.seen);
  const gains = (was: Forecast, of: readonly number[]) =>
    gainsOf({ ...contest, was, rows: of }, () => random.next());
  const unseen = rows.filter((row) => !seen.has(data.hashes[row] ?? 0) && hasText(data.lines[row]));
  const missing = missingFrom(unseen, data, head.stored);
  if (missing === null) {
    // The task's own order of models, so that both log-odds lie alike.
    const before = tuningTask(data.lines, head.predictor, modelOf, new WordGrams());
    return { shipped, head: { on: 'unseen', gains: gains(bySelf(before.graded.offsets), unseen) } };
  }
  const known = [...seen].filter((hash) => data.found.has(hash)).length;
  if (known < MOST_OF_ITS_PROMPTS * seen.size) {
    const files = head.stored.record.data.map(({ file }) => file).join(', ');
    const why =
      `the head in force cannot be compared with: ${missing}, and of the ${seen.size} prompts that it was tuned on ` +
      `(${files}) ${known} are among these. Name its files too, or say --replace to go without what it has learnt`;
    return { shipped, head: { on: 'nothing', why } };
  }
  // What the head in force was fitted on cannot judge it, but one fitted to all of these prompts but the fold in question can.
  const isSeen = (row: number): boolean => seen.has(data.hashes[row] ?? 0);
  const refitted = crossValidatedHead(task, data.folds, new Random(seed), isSeen);
  return { shipped, head: { on: 'refit', gains: gains(refitted, rows) } };
}

/** What the lines that a head has not seen lack to be compared with it on; `null` when nothing. */
function missingFrom(
  unseen: readonly number[],
  { lines, hashes }: TuningData,
  { tables: { models, answers } }: StoredHead,
): string | null {
  const prompts = new Set(unseen.map((row) => hashes[row])).size;
  if (prompts < LEAST_UNSEEN) {
    return `${prompts} prompts are new to it whose text was kept, and at least ${LEAST_UNSEEN} are needed`;
  }
  const counts = new Map<string, number>();
  for (const name of unseen.flatMap((row) => [...(lines[row]?.scores.keys() ?? [])])) {
    counts.set(modelKey(name), (counts.get(modelKey(name)) ?? 0) + 1);
  }
  const wanting = models.find(
    (name, m) =>
      (answers[m] ?? 0) >= LEAST_ANSWERS && (counts.get(modelKey(name)) ?? 0) < LEAST_ANSWERS,
  );
  if (wanting === undefined) return null;
  const count = counts.get(modelKey(wanting)) ?? 0;
  return `${count} prompts that are new to it have a graded answer of ${wanting}, and at least ${LEAST_ANSWERS} are needed`;
}

/** A head reads words, so where only numbers were kept of a prompt it would be judged by half. */
function hasText(line: TuningLine | undefined): boolean {
  return line !== undefined && line.prompt.text !== null;
}

/** One fit, or none, has made it all: prompts are ranked by the very log-odds. */
function bySelf(logOdds: Float64Array): Forecast {
  return { logOdds, ranking: logOdds };
}
