import type { Model } from '../../core/model.js';
import type { Features } from '../features.js';
import type { Ability, Predictor } from '../predictor.js';
import { logOddsOf } from './adapted-predictor.js';
import { fitHead, type GradedMatrix } from './fit-head.js';
import {
  layoutOf,
  sparseRow,
  standardOf,
  weighGrams,
  writeInputs,
  type PromptInputs,
  type SparseRow,
  type Standard,
} from './head-inputs.js';
import { blockKernels } from './kernels.js';
import type { Square } from './linear-algebra.js';
import { headTables, type HeadTables } from './local-head.js';
import type { WordGrams } from './word-grams.js';

/** One prompt and how models answered it. */
export interface TuningLine {
  readonly features: Pick<Features, 'text' | 'dense'> & Features;
  /** 0 to 1, by the name of the model. */
  readonly scores: ReadonlyMap<string, number>;
}

/** Everything a head is fitted to. */
export interface TuningTask {
  readonly models: readonly string[];
  readonly anchors: readonly [number, number];
  readonly graded: GradedMatrix;
  readonly standard: Standard;
  readonly inputs: Float32Array;
  readonly grams: readonly (SparseRow | null)[];
  readonly kernels: readonly Square[];
}

/**
 * Reads graded lines as the base predictor sees them and measures how alike they are.
 *
 * @param base - the predictor that is corrected
 * @param modelOf - what is known of a model, by its name in the lines
 */
export function tuningTask(
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
  const standard = standardOf(rows);
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
    inputs,
    grams,
    kernels: blockKernels(inputs, grams, standard),
  };
}

/** Fits a head on these rows of a task, in random order. */
export function tunedHead(task: TuningTask, rows: Int32Array): HeadTables {
  const fitted = fitHead(task.kernels, task.graded, rows);
  return headTables(fitted, task.inputs, task.grams, task);
}

function readLine(
  line: TuningLine,
  base: Predictor,
  abilities: readonly Ability[],
  out: {
    readonly anchors: readonly [number, number];
    readonly offsets: Float64Array;
    readonly words: WordGrams;
  },
): PromptInputs {
  const { features } = line;
  const prediction = base.predict(features, abilities);
  prediction.models.forEach((model, m) => {
    out.offsets[m] = logOddsOf(model);
  });
  return {
    dense: features.dense,
    // The predictor's own memory: the next call writes over it.
    vector: prediction.vector?.slice() ?? null,
    anchors: [out.offsets[out.anchors[0]] ?? 0, out.offsets[out.anchors[1]] ?? 0],
    grams: sparseRow(out.words.scan(features.text)),
  };
}

/** Models by how many graded answers they have, most first. */
function namesByAnswers(lines: readonly TuningLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { scores } of lines) {
    for (const name of scores.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const byCount = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return byCount.map(([name]) => name);
}

/** The weakest and the strongest of the models that half as many answers as the first are known of. */
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
