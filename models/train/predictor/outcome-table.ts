import { centreVector } from '../../../src/route/centre-vector.js';
import {
  FEATURE_NAMES,
  foreignDegree,
  informativeCount,
  UNUSED_BY_NETWORK,
} from '../../../src/route/dense-features.js';
import { readFeatures } from '../../../src/route/features.js';
import { writeDense } from '../../../src/route/factor-network.js';
import type { ForeignText } from '../../../src/route/factor-network.js';
import type { Progress } from '../progress.js';
import type { VectorSource } from '../vectors.js';
import { OUTCOME_SETS, WORDING_TASKS } from './outcome-sets.js';
import { RATED_SET } from './rated/rated-prompts.js';
import type { OutcomeSet } from './outcome-sets.js';
import type { GradedPrompt } from './outcomes.js';

/** Graded prompts as numbers: row i has the outcomes from `first[i]` to `first[i + 1]` (exclusive). */
export interface OutcomeTable {
  readonly sets: readonly OutcomeSet[];
  readonly models: readonly string[];
  readonly prompts: readonly GradedPrompt[];
  /** Shape [rows, inputs]. */
  readonly inputs: Float32Array;
  readonly set: Int32Array;
  /** Index of each prompt's task (set and category). */
  readonly task: Int32Array;
  readonly first: Int32Array;
  readonly model: Int32Array;
  readonly score: Float32Array;
  /** −1 where the length is unknown. */
  readonly logTokens: Float32Array;
  readonly scaling: DenseScaling;
  /** Main language of each prompt, as `Features.language`. */
  readonly languages: readonly string[];
  /** How far each prompt is in another language; not at all if vectors mean the same in every language. */
  readonly foreign: readonly ForeignText[];
  /** Rows of the embedding table; 0 for an encoder. */
  readonly embeddingRows: number;
  /** Subtracted from vectors (`centreVector`); `null` or absent if they are used as they are. */
  readonly centre?: Float32Array | null;
}

const ALL_SETS = [...OUTCOME_SETS, RATED_SET];

/** How dense features are standardised. */
export interface DenseScaling {
  readonly denseMean: Float32Array;
  readonly denseScale: Float32Array;
}

/** Standard deviation of dense features; that of a sentence vector's numbers is about a sixteenth, so that both matter in the first layer. */
const DENSE_SPREAD = 0.5;
const SMALLEST_DEVIATION = 0.02;

/** Computes vectors and features of every prompt; with the embedding table, some seconds per ten thousand. */
export async function tabulate(
  prompts: readonly GradedPrompt[],
  vectors: VectorSource,
  progress: Progress,
): Promise<OutcomeTable> {
  const { dims } = vectors;
  const width = dims + FEATURE_NAMES.length;
  const inputs = new Float32Array(prompts.length * width);
  const tasks: string[] = [];
  const foreign: ForeignText[] = [];
  const isMultilingual = vectors.encoder?.multilingual === true;
  const languages = prompts.map(({ conversation }, i) => {
    const features = readFeatures(conversation);
    inputs.set(features.dense, i * width + dims);
    tasks.push(features.task);
    const degree = isMultilingual ? 0 : foreignDegree(features.dense);
    foreign.push({
      degree,
      words: degree > 0 ? (vectors.table?.rowsOf(features.task) ?? null) : null,
    });
    progress.tick(() => `read ${i} of ${prompts.length} prompts`);
    return features.language;
  });
  const encoded = await vectors.encodeAll(tasks);
  const centre = vectors.encoder === null ? null : meanOf(encoded, prompts, dims);
  encoded.forEach((vector, i) => {
    const place = inputs.subarray(i * width, i * width + dims);
    if (centre === null) place.set(vector);
    else centreVector(vector, centre, place);
  });
  const scaling = standardise(prompts, inputs, width);
  return {
    ...flatten(prompts),
    sets: ALL_SETS,
    prompts,
    inputs,
    scaling,
    languages,
    foreign,
    embeddingRows: vectors.table?.rows ?? 0,
    centre,
  };
}

/** Mean of the vectors of the training part. */
function meanOf(
  vectors: readonly Float32Array[],
  prompts: readonly GradedPrompt[],
  dims: number,
): Float32Array {
  const known = vectors.filter((_, i) => prompts[i]?.part === 'train');
  return Float32Array.from(
    { length: dims },
    (_, k) => known.reduce((sum, vector) => sum + (vector[k] ?? 0), 0) / Math.max(1, known.length),
  );
}

/** Whether the grades of a row measure adequacy: not preference over another model's answer, nor a match with the expected words. */
export function gradesAdequacy(table: OutcomeTable, row: number): boolean {
  return !isPreference(table, row) && !gradesWording(table, row) && !isRated(table, row);
}

/** Whether a row has ratings (`readRatings`) instead of graded answers. */
export function isRated({ prompts }: OutcomeTable, row: number): boolean {
  return prompts[row]?.set === RATED_SET;
}

/** The rows of a part that have graded answers. */
export function gradedRows(table: OutcomeTable, part: 'train' | 'validation'): number[] {
  return table.prompts.flatMap((prompt, row) =>
    prompt.part === part && !isRated(table, row) ? [row] : [],
  );
}

/** The rows of a part that have ratings instead, without those of `foreignRows`. */
export function ratedRows(table: OutcomeTable, part: 'train' | 'validation'): number[] {
  return table.prompts.flatMap((prompt, row) =>
    prompt.part === part && isRated(table, row) && !isForeign(table, row) ? [row] : [],
  );
}

/** The rows of a part that have ratings and are in another language than English. */
export function foreignRows(table: OutcomeTable, part: 'train' | 'validation'): number[] {
  return table.prompts.flatMap((prompt, row) =>
    prompt.part === part && isRated(table, row) && isForeign(table, row) ? [row] : [],
  );
}

function isForeign({ foreign }: OutcomeTable, row: number): boolean {
  return (foreign[row]?.degree ?? 0) >= 0.5;
}

/** Whether the grades of a row are preferences over another model's answer. */
export function isPreference({ set, sets }: OutcomeTable, row: number): boolean {
  return sets[set[row] ?? 0]?.preference === true;
}

/** Whether a row's answers had to match the expected words. */
export function gradesWording({ prompts }: OutcomeTable, row: number): boolean {
  return WORDING_TASKS.has(prompts[row]?.task ?? '');
}

/** Standardises in place, by mean and deviation over the training prompts for which a feature is informative. */
function standardise(
  prompts: readonly GradedPrompt[],
  inputs: Float32Array,
  width: number,
): DenseScaling {
  const features = FEATURE_NAMES.length;
  const embedding = width - features;
  const rows = prompts.flatMap(({ part, set }, i) =>
    part === 'train' && set !== RATED_SET ? [i] : [],
  );
  const denseMean = new Float32Array(features);
  const denseScale = new Float32Array(features);
  for (let f = 0; f < features; f++) {
    const values = rows.flatMap((row) => {
      const dense = inputs.subarray(row * width + embedding, (row + 1) * width);
      return f < informativeCount(dense) ? [dense[f] ?? 0] : [];
    });
    const count = Math.max(1, values.length);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    denseMean[f] = mean;
    denseScale[f] = DENSE_SPREAD / Math.max(SMALLEST_DEVIATION, Math.sqrt(square));
  }
  for (const name of UNUSED_BY_NETWORK) denseScale[FEATURE_NAMES.indexOf(name)] = 0;
  const scaling = { denseMean, denseScale };
  for (let row = 0; row < prompts.length; row++) {
    const input = inputs.subarray(row * width, (row + 1) * width);
    writeDense(input.slice(embedding), scaling, input);
  }
  return scaling;
}

type Flat = Pick<
  OutcomeTable,
  'models' | 'set' | 'task' | 'first' | 'model' | 'score' | 'logTokens'
>;

function flatten(prompts: readonly GradedPrompt[]): Flat {
  const models = [...new Set(prompts.flatMap((p) => p.outcomes.map((o) => o.model)))].sort();
  const indexOf = new Map(models.map((model, i) => [model, i]));
  const taskOf = new Map([...new Set(prompts.map(({ task }) => task))].map((task, i) => [task, i]));
  const total = prompts.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  const flat = {
    models,
    set: Int32Array.from(prompts, ({ set }) => ALL_SETS.indexOf(set)),
    task: Int32Array.from(prompts, ({ task }) => taskOf.get(task) ?? 0),
    first: new Int32Array(prompts.length + 1),
    model: new Int32Array(total),
    score: new Float32Array(total),
    logTokens: new Float32Array(total),
  };
  let i = 0;
  prompts.forEach(({ outcomes }, row) => {
    for (const { model, score, outTokens } of outcomes) {
      flat.model[i] = indexOf.get(model) ?? 0;
      flat.score[i] = score;
      flat.logTokens[i] = outTokens === null ? -1 : Math.log(outTokens);
      i += 1;
    }
    flat.first[row + 1] = i;
  });
  return flat;
}
