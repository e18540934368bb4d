import { summariseAbilities } from '../../models/train/predictor/abilities.js';
import { shrinkSkills } from '../../models/train/predictor/shrink-skills.js';
import { trainEnsemble } from '../../models/train/predictor/ensemble.js';
import { OUTCOME_SETS } from '../../models/train/predictor/outcome-sets.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { startProgress } from '../../models/train/progress.js';
import { Random } from '../../models/train/random.js';

const ROWS = 1_200;
const INPUTS = 4;
const SHAPE = { embedding: 3, dense: 1, hidden: 8, skills: 2, members: 1 };
const FACTORS = 1 + SHAPE.skills;
const RECIPE = {
  epochs: 20,
  rate: 0.01,
  hiddenDropout: 0,
  inputDropout: 0,
  decay: 0.01,
  abilityDecay: 0.01,
  levelDecay: 0.3,
  vectorGain: 1,
  setPower: 1,
  lengthWeight: 0.1,
};
/** Three models are graded on all prompts of two sets, each better at one kind; one on forty prompts of one kind. */
const MODELS = ['first', 'second', 'third', 'narrow'];
const NARROW = 3;
const NARROW_ROWS = 40;

function plantedTable(): OutcomeTable {
  const random = new Random(5);
  const sets = OUTCOME_SETS.slice(0, 2);
  const inputs = Float32Array.from({ length: ROWS * INPUTS }, () => random.normal());
  const first: number[] = [0];
  const model: number[] = [];
  const score: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    const kind = inputs[row * INPUTS] ?? 0;
    for (const [m, gain] of [2, -2, 0.5].entries()) {
      model.push(m);
      score.push(random.next() < 1 / (1 + Math.exp(-(0.5 + gain * kind))) ? 1 : 0);
    }
    if (row < NARROW_ROWS) {
      inputs[row * INPUTS] = 1.5;
      model.push(NARROW);
      score.push(1);
    }
    first.push(model.length);
  }
  return {
    sets,
    models: MODELS,
    prompts: Array.from({ length: ROWS }, (_, row) => ({
      set: sets[row % 2] ?? sets[0],
      task: 'one',
      part: 'train',
      prompt: '',
      conversation: {},
      contaminated: false,
      outcomes: [],
    })) as unknown as OutcomeTable['prompts'],
    inputs,
    set: Int32Array.from({ length: ROWS }, (_, row) => row % 2),
    task: new Int32Array(ROWS),
    first: Int32Array.from(first),
    model: Int32Array.from(model),
    score: Float32Array.from(score),
    logTokens: new Float32Array(model.length).fill(5),
    scaling: { denseMean: new Float32Array(1), denseScale: new Float32Array(1) },
    languages: new Array<string>(ROWS).fill('en'),
    foreign: [],
    embeddingRows: 0,
  };
}

test('shrinkSkills shrinks skills with little evidence towards the expected line, and keeps those with much', () => {
  const table = plantedTable();
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const factsOf = () => ({ id: 'acme/one', released: null, benchmarks: {}, hosts: [] });
  const ensemble = trainEnsemble(table, {
    shape: SHAPE,
    recipe: RECIPE,
    known: { factsOf, catalogModels: [] },
    rows,
    rated: [],
    random: new Random(3),
    progress: startProgress(() => undefined),
  });
  // An arbitrary outcome of training: forty correct answers are equally likely with any large skill.
  ensemble.abilities.set([6, -6], NARROW * FACTORS + 1);
  const before = ensemble.abilities.slice();
  const lines = summariseAbilities(ensemble, table, rows, factsOf);

  const open = shrinkSkills(ensemble, { table, rows, lines });

  const missOf = (abilities: Float32Array, m: number): number =>
    Math.hypot(
      ...[1, 2].map((k) => {
        const strength = lines.fitted[m]?.strength ?? 0;
        const line = (lines.skillIntercept[k] ?? 0) + (lines.skillSlope[k] ?? 0) * strength;
        return (abilities[m * FACTORS + k] ?? 0) - line;
      }),
    );
  const kept = MODELS.map((_, m) => missOf(ensemble.abilities, m) / missOf(before, m));
  expect(kept[0]).toBeGreaterThan(0.85);
  expect(kept[1]).toBeGreaterThan(0.85);
  expect(kept[NARROW]).toBeLessThan(0.5);
  expect(open[NARROW]).toBeGreaterThan(10 * (open[0] ?? Infinity));
  // The general ability is not shrunk.
  expect(ensemble.abilities[NARROW * FACTORS]).toBe(before[NARROW * FACTORS]);
});
