import type { Conversation } from '../../src/core/conversation.js';
import { at } from '../../src/route/factor-network.js';
import { fitLevels } from '../../models/train/predictor/levels.js';
import { OUTCOME_SETS } from '../../models/train/predictor/outcome-sets.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { Random } from '../../models/train/random.js';

const PROMPTS = 400;
/** Log-odds of a good answer on an easy prompt; four models are graded by both sets. */
const STRENGTHS = [0, 0.5, 1, 1.5, 0, 0.5, 1, 1.5, 0, 0.5, 1, 1.5];
const BY_A_SET = 8;
/** How much harder the second set is. The first set grades the first eight models, the second the last eight. */
const HARDER = 2;
const ONLY_EASY = 2;
const ONLY_HARD = 10;
const NO_FACTS = { id: 'acme/one', released: null, benchmarks: {}, hosts: [] };
const NOTHING_KNOWN = { factsOf: () => NO_FACTS, catalogModels: [] };

function twoSets(): OutcomeTable {
  const random = new Random(9);
  const model: number[] = [];
  const score: number[] = [];
  for (let row = 0; row < 2 * PROMPTS; row++) {
    const set = row < PROMPTS ? 0 : 1;
    const difficulty = random.normal() + set * HARDER;
    for (let m = 4 * set; m < 4 * set + BY_A_SET; m++) {
      const logOdds = (STRENGTHS[m] ?? 0) - difficulty;
      model.push(m);
      score.push(random.next() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0);
    }
  }
  const set = Int32Array.from({ length: 2 * PROMPTS }, (_, row) => (row < PROMPTS ? 0 : 1));
  const prompts = Array.from(set, (s) => {
    const found = OUTCOME_SETS[s];
    if (found === undefined) throw new Error('there are too few sets');
    return {
      set: found,
      task: found.name,
      part: 'train',
      prompt: '',
      conversation: {} as Conversation,
      contaminated: false,
      outcomes: [],
    } as const;
  });
  return {
    sets: OUTCOME_SETS,
    models: STRENGTHS.map((_, m) => `model-${m}`),
    prompts,
    inputs: new Float32Array(0),
    set,
    task: set,
    first: Int32Array.from({ length: 2 * PROMPTS + 1 }, (_, row) => BY_A_SET * row),
    model: Int32Array.from(model),
    score: Float32Array.from(score),
    logTokens: new Float32Array(score.length).fill(-1),
    scaling: { denseMean: new Float32Array(0), denseScale: new Float32Array(0) },
    languages: [],
    foreign: [],
    embeddingRows: 0,
  };
}

describe('fitLevels', () => {
  const table = twoSets();
  const rows = table.prompts.map((_, row) => row);

  test('estimates the difficulty of a set through models graded by both sets', () => {
    const levels = fitLevels(table, rows, NOTHING_KNOWN);

    // By grades alone, the model of the hard set looks weaker by `HARDER` than its equal in the easy set.
    const apart = Math.abs(at(levels, ONLY_EASY) - at(levels, ONLY_HARD));
    expect(apart).toBeLessThan(0.5 * HARDER);
    expect(at(levels, ONLY_HARD)).toBeGreaterThan(at(levels, ONLY_EASY - 2));
  });

  test('gives models without answers the average level', () => {
    const easy = rows.slice(0, PROMPTS);

    const levels = fitLevels(table, easy, NOTHING_KNOWN);

    expect(at(levels, 10)).toBe(at(levels, 11));
    expect(at(levels, 10)).toBeGreaterThan(at(levels, 0));
    expect(at(levels, 10)).toBeLessThan(at(levels, 3));
  });
});
