import type { Model } from '../core/model.js';
import { Random } from '../core/random.js';
import type { StoredHead } from '../route/local/head-artefact.js';
import {
  crossValidateHead,
  prepareTuning,
  type TuningLine,
  type TuningTask,
} from '../route/local/tune.js';
import { WordGrams } from '../route/local/word-grams.js';
import { modelKey } from '../route/model-name.js';
import type { Predictor } from '../route/predictor.js';
import type { TuningData } from './tune-data.js';
import { measureGains, type Comparison, type Forecast } from './tune-gains.js';

/** Prompts unseen by the head in force, and unseen answers of each of its models, required for a comparison on unseen prompts. */
const MIN_UNSEEN_PROMPTS = 100;
const MIN_UNSEEN_ANSWERS = 50;
/** The share of the head in force's own prompts that must be among the graded ones for a comparison by cross-validation. */
const MIN_SHARE_OF_ITS_PROMPTS = 0.9;

/** The baselines for a new head, and how to compare. */
export interface ComparisonInputs {
  readonly modelOf: (name: string) => Model;
  /** The head in force with its predictor; `null` for none. */
  readonly head: { readonly predictor: Predictor; readonly stored: StoredHead } | null;
  readonly random: Random;
  /** The seed with which the new head was fitted, so that fits to the same prompts are identical. */
  readonly seed: number;
}

/** Compares a new head with the shipped predictor and with the head in force. */
export function compareHeads(
  data: TuningData,
  task: TuningTask,
  is: Forecast,
  { head, modelOf, random, seed }: ComparisonInputs,
): Comparison {
  const { graded, anchors: pair } = task;
  const contest = { graded, is, prompts: data.hashes, pair };
  const rows = data.lines.map((_, i) => i);
  const shipped = measureGains({ ...contest, was: forecastOf(graded.offsets), rows }, () =>
    random.next(),
  );
  if (head === null) return { shipped, head: null };
  const seen = new Set(head.stored.seen);
  const gains = (was: Forecast, of: readonly number[]) =>
    measureGains({ ...contest, was, rows: of }, () => random.next());
  const unseen = rows.filter((row) => !seen.has(data.hashes[row] ?? 0) && hasText(data.lines[row]));
  const missing = missingFrom(unseen, data, head.stored);
  if (missing === null) {
    // In the task's order of models, so that both log-odds have the same layout.
    const before = prepareTuning(data.lines, head.predictor, modelOf, new WordGrams());
    return {
      shipped,
      head: { on: 'unseen', gains: gains(forecastOf(before.graded.offsets), unseen) },
    };
  }
  const known = [...seen].filter((hash) => data.found.has(hash)).length;
  if (known < MIN_SHARE_OF_ITS_PROMPTS * seen.size) {
    const files = head.stored.record.data.map(({ file }) => file).join(', ');
    const why =
      `it cannot be compared with the head in force: ${missing}, and of the ${seen.size} prompts that it was tuned on ` +
      `(${files}) only ${known} are among these. Give its files as well, or use --replace to discard what it has learnt`;
    return { shipped, head: { on: 'nothing', why } };
  }
  // The head in force cannot be judged on prompts that it was fitted on, but one refitted without each fold can.
  const isSeen = (row: number): boolean => seen.has(data.hashes[row] ?? 0);
  const refitted = crossValidateHead(task, data.folds, new Random(seed), isSeen);
  return { shipped, head: { on: 'refit', gains: gains(refitted, rows) } };
}

/** Why the lines that a head has not seen are too few for a comparison; `null` if they suffice. */
function missingFrom(
  unseen: readonly number[],
  { lines, hashes }: TuningData,
  { tables: { models, answers } }: StoredHead,
): string | null {
  const prompts = new Set(unseen.map((row) => hashes[row])).size;
  if (prompts < MIN_UNSEEN_PROMPTS) {
    return `only ${prompts} prompts with text are new to it, and at least ${MIN_UNSEEN_PROMPTS} are needed`;
  }
  const counts = new Map<string, number>();
  for (const name of unseen.flatMap((row) => [...(lines[row]?.scores.keys() ?? [])])) {
    counts.set(modelKey(name), (counts.get(modelKey(name)) ?? 0) + 1);
  }
  const lacking = models.find(
    (name, m) =>
      (answers[m] ?? 0) >= MIN_UNSEEN_ANSWERS &&
      (counts.get(modelKey(name)) ?? 0) < MIN_UNSEEN_ANSWERS,
  );
  if (lacking === undefined) return null;
  const count = counts.get(modelKey(lacking)) ?? 0;
  return `only ${count} prompts that are new to it have a graded answer of ${lacking}, and at least ${MIN_UNSEEN_ANSWERS} are needed`;
}

/** A head reads words, so it cannot be judged fully on a prompt of which only numbers were stored. */
function hasText(line: TuningLine | undefined): boolean {
  return line !== undefined && line.prompt.text !== null;
}

/** A forecast by a single predictor, whose log-odds therefore also rank the prompts. */
function forecastOf(logOdds: Float64Array): Forecast {
  return { logOdds, ranking: logOdds };
}
