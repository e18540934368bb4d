import { trainEnsemble } from '../../models/train/predictor/ensemble.js';
import type { Ensemble } from '../../models/train/predictor/ensemble.js';
import { OUTCOME_SETS } from '../../models/train/predictor/outcome-sets.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { startProgress } from '../../models/train/progress.js';
import { Random } from '../../models/train/random.js';
import { EMPTY } from '../support/conversations.js';

export const ROWS = 1024;
export const INPUTS = 6;
const SHAPE = { embedding: 4, dense: 2, hidden: 8, skills: 2, members: 1 };
const RECIPE = {
  epochs: 30,
  rate: 0.01,
  hiddenDropout: 0.1,
  inputDropout: 0,
  decay: 0.01,
  abilityDecay: 0.01,
  levelDecay: 0.3,
  vectorGain: 1,
  setPower: 0.6,
  lengthWeight: 0.1,
};
export const NO_FACTS = { id: 'acme/one', released: null, benchmarks: {}, hosts: [] };
/** Two models, of log-odds 1.5 and −1.5; the first input makes a prompt hard, the second long. */
export function plantedTable(): OutcomeTable {
  const random = new Random(11);
  const [set] = OUTCOME_SETS;
  if (set === undefined) throw new Error('there are no sets');
  const inputs = Float32Array.from({ length: ROWS * INPUTS }, () => random.normal());
  const score = new Float32Array(2 * ROWS);
  const logTokens = new Float32Array(2 * ROWS);
  for (let i = 0; i < 2 * ROWS; i++) {
    const row = Math.floor(i / 2);
    const logOdds = (i % 2 === 0 ? 1.5 : -1.5) - 2 * (inputs[row * INPUTS] ?? 0);
    score[i] = random.next() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
    logTokens[i] = 5 + (inputs[row * INPUTS + 1] ?? 0);
  }
  const prompt = {
    set,
    task: 'one',
    part: 'train',
    prompt: '',
    conversation: EMPTY,
    contaminated: false,
    outcomes: [],
  } as const;
  return {
    sets: OUTCOME_SETS,
    models: ['strong', 'weak'],
    prompts: Array.from({ length: ROWS }, () => prompt),
    inputs,
    set: new Int32Array(ROWS),
    task: new Int32Array(ROWS),
    first: Int32Array.from({ length: ROWS + 1 }, (_, i) => 2 * i),
    model: Int32Array.from({ length: 2 * ROWS }, (_, i) => i % 2),
    score,
    logTokens,
    scaling: { denseMean: new Float32Array(2), denseScale: new Float32Array(2) },
    languages: new Array<string>(ROWS).fill('en'),
    foreign: [],
    embeddingRows: 0,
  };
}

/** An ensemble of the first half of the rows, and of `rated` ones. */
export function trained(table: OutcomeTable, rated: readonly number[] = []): Ensemble {
  return trainEnsemble(table, {
    shape: SHAPE,
    recipe: RECIPE,
    known: { factsOf: () => NO_FACTS, catalogModels: [] },
    rows: Array.from({ length: ROWS / 2 }, (_, i) => i),
    rated,
    random: new Random(3),
    progress: startProgress(() => undefined),
  });
}
