import { at, EXTRA_OUTPUTS, FactorNetwork, inputsOf } from '../../../src/route/factor-network.js';
import type {
  NetworkShape,
  NetworkTables,
  PromptDemand,
} from '../../../src/route/factor-network.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import type { OutcomeTable } from './outcome-table.js';
import { Member } from './train-member.js';
import type { Recipe } from './train-member.js';

/** Members trained alike from different seeds, as one network; calibration changes it in place. */
export interface Ensemble {
  readonly shape: NetworkShape;
  readonly tables: NetworkTables;
  /** Shape [models, members × skills]. */
  readonly abilities: Float32Array;
  /** Shape [models]. */
  readonly verbosity: Float32Array;
  /** Log-odds a set adds, by set; 0 for sets whose level was left to the prompts. */
  readonly offsets: readonly number[];
}

/** How the members are trained, and which rows they see. */
export interface EnsemblePlan {
  readonly shape: NetworkShape;
  readonly recipe: Recipe;
  readonly rows: readonly number[];
  readonly random: Random;
  readonly progress: Progress;
}

/** Trains the members of an ensemble one after the other. */
export function trainEnsemble(table: OutcomeTable, plan: EnsemblePlan): Ensemble {
  const { shape, recipe, rows } = plan;
  const weights = weighRows(table, rows, recipe.setPower);
  const members = Array.from({ length: shape.members }, (_, i) => {
    const member = new Member(shape, table, recipe, plan.random);
    member.train([...rows], weights, (epoch) => {
      plan.progress.tick(
        () => `network ${i + 1} of ${shape.members}, pass ${epoch} of ${recipe.epochs}`,
      );
    });
    return member;
  });
  const stack = (of: (member: Member) => Float32Array): Float32Array => {
    const parts = members.map(of);
    const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((offset, part) => (joined.set(part, offset), offset + part.length), 0);
    return joined;
  };
  const mean = (of: (member: Member) => number): number =>
    members.reduce((sum, member) => sum + of(member), 0) / members.length;
  return {
    shape,
    tables: {
      ...table.scaling,
      hiddenWeights: stack((member) => member.hiddenWeights.values),
      hiddenBias: stack((member) => member.hiddenBias.values),
      headWeights: stack((member) => member.headWeights.values),
      headBias: stack((member) => member.headBias.values),
      directWeights: stack((member) => member.directWeights.values),
    },
    abilities: joinAbilities(members, table.models.length, shape.skills),
    verbosity: Float32Array.from(table.models, (_, m) =>
      mean(({ verbosity }) => at(verbosity.values, m)),
    ),
    offsets: table.sets.map((set, s) =>
      set.preference ? mean(({ preferenceOffsets }) => at(preferenceOffsets.values, s)) : 0,
    ),
  };
}

/** Large sets count less per prompt, so that small ones are heard; 1 on average. */
function weighRows(table: OutcomeTable, rows: readonly number[], setPower: number): Float32Array {
  const counts = new Float32Array(table.sets.length);
  for (const row of rows) {
    const set = table.set[row] ?? 0;
    counts[set] = at(counts, set) + 1;
  }
  const weights = Float32Array.from(
    table.set,
    (set) => Math.max(1, at(counts, set)) ** (setPower - 1),
  );
  const mean = rows.reduce((sum, row) => sum + at(weights, row), 0) / rows.length;
  return weights.map((weight) => weight / mean);
}

function joinAbilities(members: readonly Member[], models: number, skills: number): Float32Array {
  const abilities = new Float32Array(models * members.length * skills);
  for (let m = 0; m < models; m++) {
    members.forEach((member, r) => {
      for (let k = 0; k < skills; k++) {
        const ability = at(member.general.values, m) + at(member.skills.values, m * skills + k);
        abilities[(m * members.length + r) * skills + k] = ability;
      }
    });
  }
  return abilities;
}

/** Log-odds of success of a model for the prompt whose demand is given. */
export function logOddsOf(ensemble: Ensemble, demand: PromptDemand, model: number): number {
  const { members, skills } = ensemble.shape;
  const factors = members * skills;
  let sum = 0;
  for (let member = 0; member < members; member++) sum -= at(demand.difficulty, member);
  for (let k = 0; k < factors; k++)
    sum += at(demand.skills, k) * at(ensemble.abilities, model * factors + k);
  return sum / members;
}

/** Calls `look` with what the ensemble makes of each row; the demand is reused. */
export function forEachDemand(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
  look: (demand: PromptDemand, row: number) => void,
): void {
  const network = new FactorNetwork(ensemble.shape, ensemble.tables);
  const inputs = inputsOf(ensemble.shape);
  for (const row of rows) {
    look(network.run(table.inputs.subarray(row * inputs, (row + 1) * inputs)), row);
  }
}

/** Makes all log-odds `scale × log-odds + shift`, in place. */
export function rescale(ensemble: Ensemble, scale: number, shift: number): void {
  const { shape, tables, abilities } = ensemble;
  const inputs = inputsOf(shape);
  const outputs = shape.skills + EXTRA_OUTPUTS;
  for (let i = 0; i < abilities.length; i++) abilities[i] = scale * at(abilities, i);
  for (let member = 0; member < shape.members; member++) {
    const row = member * outputs + shape.skills;
    multiply(tables.headWeights.subarray(row * shape.hidden, (row + 1) * shape.hidden), scale);
    const direct = EXTRA_OUTPUTS * member * inputs;
    multiply(tables.directWeights.subarray(direct, direct + inputs), scale);
    tables.headBias[row] = scale * at(tables.headBias, row) - shift;
  }
}

function multiply(values: Float32Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] = at(values, i) * by;
}
