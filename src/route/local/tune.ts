import type { Model } from '../../core/model.js';
import type { Random } from '../../core/random.js';
import type { KnownPrompts } from '../ood-detector.js';
import type { Features } from '../features.js';
import type { Ability, PromptNumbers, Predictor } from '../predictor.js';
import { readLanguage } from '../language.js';
import { readStatistics } from '../text-statistics.js';
import { logOddsOf } from './adapted-predictor.js';
import { fitHead } from './fit-head.js';
import { alignFolds, type GradedMatrix } from './graded-matrix.js';
import {
  layoutOf,
  sparseRow,
  fitStandardisation,
  weighGrams,
  writeInputs,
  type PromptInputs,
  type SparseRow,
  type Standardisation,
} from './head-inputs.js';
import { blockKernels } from './kernels.js';
import { knownPrompts } from './known-prompts.js';
import type { SymmetricMatrix } from './linear-algebra.js';
import { buildHeadTables, type HeadTables } from './local-head.js';
import type { WordGrams } from './word-grams.js';

/** A prompt as kept with feedback: numbers, and its text if the operator enabled that. */
export interface RememberedPrompt extends PromptNumbers {
  readonly text: string | null;
}

/** One prompt and the scores of models on it. */
export interface TuningLine {
  readonly prompt: Features | RememberedPrompt;
  /** 0 to 1, by the name of the model. */
  readonly scores: ReadonlyMap<string, number>;
}

/** Everything a head is fitted to. */
export interface TuningTask {
  readonly models: readonly string[];
  readonly anchors: readonly [number, number];
  readonly graded: GradedMatrix;
  readonly standard: Standardisation;
  readonly known: KnownPrompts;
  readonly inputs: Float32Array;
  readonly grams: readonly (SparseRow | null)[];
  readonly kernels: readonly SymmetricMatrix[];
}

/**
 * Prepares graded lines for fitting: the base predictor's log-odds, standardised inputs and kernels.
 *
 * @param base - the predictor to be corrected
 * @param modelOf - the model by its name in the lines
 */
export function prepareTuning(
  lines: readonly TuningLine[],
  base: Predictor,
  modelOf: (name: string) => Model,
  words: WordGrams,
): TuningTask {
  const models = namesByAnswers(lines);
  const abilities = models.map((name) => base.ability(modelOf(name)));
  const anchors = anchorsOf(lines, models);
  const offsets = new Float64Array(lines.length * models.length);
  const scores = new Float64Array(lines.length * models.length);
  const rows = lines.map((line, i) => {
    models.forEach((name, m) => {
      scores[i * models.length + m] = line.scores.get(name) ?? Number.NaN;
    });
    return readLine(line, base, abilities, {
      anchors,
      offsets: offsets.subarray(i * models.length, (i + 1) * models.length),
      words,
    });
  });
  const standard = fitStandardisation(rows);
  const { length } = layoutOf(standard);
  const inputs = new Float32Array(rows.length * length);
  rows.forEach((row, i) => {
    writeInputs(row, standard, inputs.subarray(i * length, (i + 1) * length));
  });
  const grams = rows.map((row) => row.grams && weighGrams(row.grams, standard.rarity));
  return {
    models,
    anchors,
    graded: { models: models.length, offsets, scores },
    standard,
    known: knownPrompts(
      lines.map((line, i) => ({ vector: rows[i]?.vector ?? null, language: languageOf(line) })),
    ),
    inputs,
    grams,
    kernels: blockKernels(inputs, grams, standard),
  };
}

/** A head, and cross-validated predictions. */
export interface CrossValidated {
  readonly tables: HeadTables;
  /** Corrected log-odds of each row by the fit without its fold, shape [rows, models]. */
  readonly logOdds: Float64Array;
  /** The same, comparable between folds for ranking; see `alignFolds`. */
  readonly ranking: Float64Array;
  /** Share of the correction that is used, 0 to 1: the one with the best out-of-fold predictions. */
  readonly trust: number;
}

/** Shares of the correction that are tried. */
const TRUST_LEVELS = [0.25, 0.5, 0.75, 1] as const;

/**
 * Fits a head on all rows, and one for each fold without it.
 *
 * @param folds - the fold of each row, from 0
 * @param random - shuffles the rows
 * @param isLearnt - whether a row is fitted on
 */
export function crossValidateHead(
  task: TuningTask,
  folds: Int32Array,
  random: Random,
  isLearnt: (row: number) => boolean = () => true,
): CrossValidated {
  const rows = random.shuffle(Array.from(folds.keys()));
  const order = Int32Array.from(rows.filter(isLearnt));
  const { kernels, graded, inputs, grams } = task;
  const whole = fitHead(kernels, graded, order);
  const outOfFold = new Float64Array(graded.offsets.length);
  for (let fold = 0; fold <= Math.max(...folds); fold++) {
    const rows = order.filter((row) => folds[row] !== fold);
    const { logOdds } = fitHead(kernels, graded, rows, whole);
    for (let at = 0; at < logOdds.length; at++) {
      if (folds[Math.floor(at / graded.models)] === fold) outOfFold[at] = logOdds[at] ?? 0;
    }
  }
  const trusted = (trust: number) =>
    graded.offsets.map((offset, at) => offset + trust * ((outOfFold[at] ?? 0) - offset));
  const known = graded.scores.map((score, at) =>
    isLearnt(Math.floor(at / graded.models)) ? score : Number.NaN,
  );
  const losses = TRUST_LEVELS.map((trust) => logLossOf(trusted(trust), known));
  const trust = TRUST_LEVELS[losses.indexOf(Math.min(...losses))] ?? 1;
  const { models, anchors, standard, known: prompts } = task;
  const answers = new Int32Array(models.length);
  graded.scores.forEach((score, at) => {
    const m = at % models.length;
    if (!Number.isNaN(score)) answers[m] = (answers[m] ?? 0) + 1;
  });
  const about = { models, anchors, standard, known: prompts, answers };
  const tables = scaledBy(trust, buildHeadTables(whole, inputs, grams, about));
  const logOdds = trusted(trust);
  return { tables, logOdds, ranking: alignFolds(graded, logOdds, folds), trust };
}

function logLossOf(logOdds: Float64Array, scores: Float64Array): number {
  let sum = 0;
  scores.forEach((score, at) => {
    if (Number.isNaN(score)) return;
    const x = logOdds[at] ?? 0;
    // log(1 + e^x) - score × x, without overflow.
    sum += Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))) - score * x;
  });
  return sum;
}

function scaledBy(trust: number, tables: HeadTables): HeadTables {
  const scaled = (values: Float32Array) => values.map((value) => trust * value);
  return {
    ...tables,
    shifts: scaled(tables.shifts),
    deviations: scaled(tables.deviations),
    inputWeights: scaled(tables.inputWeights),
    gramWeights: scaled(tables.gramWeights),
  };
}

function languageOf({ prompt }: TuningLine): string | null {
  if (hasAllFeatures(prompt)) return prompt.language;
  const { text } = prompt;
  return text === null ? null : readLanguage(text, readStatistics(text)).code;
}

function readLine(
  { prompt }: TuningLine,
  base: Predictor,
  abilities: readonly Ability[],
  out: {
    readonly anchors: readonly [number, number];
    readonly offsets: Float64Array;
    readonly words: WordGrams;
  },
): PromptInputs {
  const { models, vector, grams } = readPrompt(prompt, base, abilities, out.words);
  models.forEach((model, m) => {
    out.offsets[m] = logOddsOf(model);
  });
  const [weak, strong] = out.anchors;
  return {
    dense: prompt.dense,
    vector,
    anchors: [out.offsets[weak] ?? 0, out.offsets[strong] ?? 0],
    grams,
  };
}

function readPrompt(
  prompt: TuningLine['prompt'],
  base: Predictor,
  abilities: readonly Ability[],
  words: WordGrams,
) {
  if (hasAllFeatures(prompt)) {
    const { models, vector } = base.predict(prompt, abilities);
    // Copied because the next call overwrites it.
    return { models, vector: vector?.slice() ?? null, grams: sparseRow(words.scan(prompt.text)) };
  }
  if (base.predictNumbers === undefined)
    throw new Error('this predictor does not support remembered prompts');
  const { text, vector, dense } = prompt;
  const grams = text === null ? null : sparseRow(words.scan(text));
  const numbered = text === null ? { vector, dense } : { vector, dense, text };
  return { models: base.predictNumbers(numbered, abilities).models, vector, grams };
}

/** Whether a prompt has all features, so that any predictor can predict it. */
export function hasAllFeatures(prompt: TuningLine['prompt']): prompt is Features {
  return 'inputTokens' in prompt;
}

/** Models by number of graded answers, most first. */
function namesByAnswers(lines: readonly TuningLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { scores } of lines) {
    for (const name of scores.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const byCount = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return byCount.map(([name]) => name);
}

/** The weakest and the strongest of the models with at least half as many answers as the first. */
function anchorsOf(lines: readonly TuningLine[], models: readonly string[]): [number, number] {
  const figures = models.map((name) => {
    const scores = lines.flatMap((line) => line.scores.get(name) ?? []);
    return { count: scores.length, mean: scores.reduce((sum, s) => sum + s, 0) / scores.length };
  });
  const enough = (figures[0]?.count ?? 0) / 2;
  let weakest = 0;
  let strongest = 0;
  figures.forEach(({ count, mean }, m) => {
    if (count < enough) return;
    if (mean < (figures[weakest]?.mean ?? 0)) weakest = m;
    if (mean > (figures[strongest]?.mean ?? 0)) strongest = m;
  });
  return [weakest, strongest];
}
