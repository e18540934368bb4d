import { at } from '../../src/route/factor-network.js';
import { OUTCOME_SETS } from '../../models/train/predictor/outcome-sets.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { SetSkills } from '../../models/train/predictor/set-skills.js';

const MODELS = 24;
const ROWS = 400;
const sets = OUTCOME_SETS.slice(0, 2);

/** The first half of the models is graded by the first set, the second half by the second; two of each by both. */
const isGraded = (model: number, set: number): boolean =>
  model % 12 < 2 || (model < MODELS / 2 ? set === 0 : set === 1);

function tableOf(): OutcomeTable {
  const first = [0];
  const model: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let m = 0; m < MODELS; m++) if (isGraded(m, row % 2)) model.push(m);
    first.push(model.length);
  }
  const set = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
  return {
    sets,
    models: Array.from({ length: MODELS }, (_, m) => `model-${m}`),
    prompts: Array.from(set, (s) => ({ set: sets[s] })) as unknown as OutcomeTable['prompts'],
    set,
    first: Int32Array.from(first),
    model: Int32Array.from(model),
  } as unknown as OutcomeTable;
}

const table = tableOf();
const rows = table.prompts.map((_, row) => row);
const levels = Float32Array.from({ length: MODELS }, (_, m) => Math.sin(m));
/** The skill of a model relative to others of its strength. */
const ownOf = (m: number): number => Math.cos(5 * m);

function meanOf(skills: Float32Array, isWanted: (m: number) => boolean): number {
  const wanted = [...skills].filter((_, m) => isWanted(m));
  return wanted.reduce((sum, skill) => sum + skill, 0) / wanted.length;
}

const inFirst = (m: number): boolean => m % 12 >= 2 && m < MODELS / 2;
const inSecond = (m: number): boolean => m % 12 >= 2 && m >= MODELS / 2;

test('SetSkills removes the common skill of the models of one set, and keeps their differences', () => {
  const own = Float32Array.from({ length: MODELS }, (_, m) => ownOf(m));
  const skills = own.map((skill, m) => skill - (inFirst(m) ? 2 : 0));

  new SetSkills(table, rows, levels).takeOut(skills, 1);

  expect(Math.abs(meanOf(skills, inFirst) - meanOf(skills, inSecond))).toBeLessThan(0.4);
  const [best, worst] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].sort((a, b) => ownOf(b) - ownOf(a));
  expect(at(skills, best ?? 0) - at(skills, worst ?? 0)).toBeCloseTo(
    ownOf(best ?? 0) - ownOf(worst ?? 0),
    5,
  );
});

test('SetSkills keeps skills that are explained by strength', () => {
  const strong = levels.map((_, m) => (m < MODELS / 2 ? 1 : -1) + 0.1 * Math.sin(m));
  const skills = strong.map((level) => 0.8 * level);

  new SetSkills(table, rows, strong).takeOut(skills, 1);

  expect(meanOf(skills, inFirst) - meanOf(skills, inSecond)).toBeGreaterThan(1.2);
});
