import type { Conversation } from '../../src/core/conversation.js';
import { OUTCOME_SETS } from '../../models/train/predictor/outcome-sets.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { at } from '../../src/route/factor-network.js';
import { fitDifficulties } from '../../models/train/predictor/difficulties.js';
import { fitTransfer } from '../../models/train/predictor/transfer.js';
import { Random } from '../../models/train/random.js';

const SHAPE = { embedding: 3, dense: 4, hidden: 1, skills: 1, members: 1 };
const INPUTS = SHAPE.embedding + SHAPE.dense;
const TASKS = 12;
const PROMPTS = 60;
const MODELS = 16;
const ROWS = TASKS * PROMPTS;
const EVERY_ROW = Array.from({ length: ROWS }, (_, row) => row);
const NOTHING = {} as Conversation;

/** Indices of the planted dense features. */
const [AGREED, LEVEL, DISPUTED, NOISE] = [3, 4, 5, 6] as const;

/**
 * Tasks of three sets. `AGREED` makes prompts harder in every task, `LEVEL` separates hard tasks from easy ones
 * and points the other way within them, `DISPUTED` makes them harder in one half of the tasks and easier in the other.
 */
function plantedTable(): { table: OutcomeTable; difficulty: Float32Array } {
  const random = new Random(4);
  const inputs = Float32Array.from({ length: ROWS * INPUTS }, () => 0.5 * random.normal());
  const difficulty = new Float32Array(ROWS);
  const score = new Float32Array(ROWS * MODELS);
  for (const row of EVERY_ROW) {
    const task = Math.floor(row / PROMPTS);
    const input = inputs.subarray(row * INPUTS, (row + 1) * INPUTS);
    input[LEVEL] = at(input, LEVEL) + (task % 4);
    const side = Math.floor(task / 3) % 2 === 0 ? 1 : -1;
    difficulty[row] =
      1.5 * at(input, AGREED) -
      0.8 * (at(input, LEVEL) - (task % 4)) +
      (task % 4) +
      1.5 * side * at(input, DISPUTED) +
      0.8 * at(input, 0);
    for (let m = 0; m < MODELS; m++) {
      const logOdds = 0.25 * m - at(difficulty, row);
      score[row * MODELS + m] = random.next() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
    }
  }
  const prompts = EVERY_ROW.map((row) => {
    const set = OUTCOME_SETS[Math.floor(row / PROMPTS) % 3];
    if (set === undefined) throw new Error('there are too few sets');
    const task = `${set.name}/${Math.floor(row / PROMPTS)}`;
    return {
      set,
      task,
      part: 'train',
      prompt: '',
      conversation: NOTHING,
      contaminated: false,
      outcomes: [],
    } as const;
  });
  const table = {
    sets: OUTCOME_SETS,
    models: Array.from({ length: MODELS }, (_, m) => `model-${m}`),
    prompts,
    inputs,
    set: Int32Array.from(EVERY_ROW, (row) => Math.floor(row / PROMPTS) % 3),
    task: Int32Array.from(EVERY_ROW, (row) => Math.floor(row / PROMPTS)),
    first: Int32Array.from({ length: ROWS + 1 }, (_, i) => MODELS * i),
    model: Int32Array.from({ length: ROWS * MODELS }, (_, i) => i % MODELS),
    score,
    logTokens: new Float32Array(ROWS * MODELS).fill(-1),
    scaling: { denseMean: new Float32Array(4), denseScale: new Float32Array(4) },
    languages: prompts.map(() => 'en'),
    foreign: [],
    embeddingRows: 0,
  };
  return { table, difficulty };
}

describe('fitTransfer', () => {
  const { table, difficulty } = plantedTable();
  const weights = fitTransfer(table, SHAPE, EVERY_ROW);
  const weight = (input: number): number => weights[input] ?? NaN;

  test('gives positive weight to inputs that make prompts harder in every task', () => {
    expect(weight(AGREED)).toBeGreaterThan(0.7);
    expect(weight(0)).toBeGreaterThan(0.1);
  });

  test('separates the difficulty of a task from that of a prompt', () => {
    expect(weight(LEVEL)).toBeLessThan(-0.2);
  });

  test('gives little weight to inputs that tasks disagree on, and to noise', () => {
    expect(Math.abs(weight(DISPUTED))).toBeLessThan(0.25 * weight(AGREED));
    expect(Math.abs(weight(NOISE))).toBeLessThan(0.25 * weight(AGREED));
  });

  test('gives inputs no weight when there are too few tasks', () => {
    const few = fitTransfer(table, SHAPE, EVERY_ROW.slice(0, 2 * PROMPTS));

    expect([...few.subarray(SHAPE.embedding)]).toEqual([0, 0, 0, 0]);
  });

  test('uses difficulties that are centred within each set', () => {
    const { value, error } = fitDifficulties(table, EVERY_ROW);

    for (const set of [0, 1, 2]) {
      const rows = EVERY_ROW.filter((row) => table.set[row] === set);
      const of = (values: Float32Array): number[] => rows.map((row) => values[row] ?? NaN);
      expect(correlation(of(value), of(difficulty))).toBeGreaterThan(0.75);
      expect(of(value).reduce((sum, v) => sum + v, 0) / rows.length).toBeCloseTo(0, 4);
      expect(Math.min(...of(error))).toBeGreaterThan(0);
    }
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (of: readonly number[]): number => of.reduce((sum, v) => sum + v, 0) / of.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = mean(a.map((v, i) => (v - ma) * ((b[i] ?? 0) - mb)));
  const spread = (of: readonly number[], m: number): number => mean(of.map((v) => (v - m) ** 2));
  return product / Math.sqrt(spread(a, ma) * spread(b, mb));
}
