import {
  at,
  dot,
  EXTRA_OUTPUTS,
  FactorNetwork,
  IN_ENGLISH,
  factorsOf,
  inputsOf,
  usualForeignWeights,
} from '../../../src/route/factor-network.js';
import type {
  NetworkShape,
  NetworkTables,
  PromptDemand,
} from '../../../src/route/factor-network.js';
import { GradedMemory, neighbourLogOdds } from '../../../src/route/graded-memory.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { gradesAdequacy, isPreference } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';
import { fitLevels } from './levels.js';
import type { FactSource } from './levels.js';
import { recordResiduals, locatePrompts } from './memory.js';
import type { Memory, PromptPositions } from './memory.js';
import { Member } from './train-member.js';
import type { Hyperparameters } from './train-member.js';
import { SetSkills } from './set-skills.js';
import { fitTransfer } from './transfer.js';

/** Members trained in the same way from different seeds, as one network; calibration changes it in place. */
export interface Ensemble {
  readonly shape: NetworkShape;
  readonly tables: NetworkTables;
  /** Shape [models, members × (1 + skills)]. */
  readonly abilities: Float32Array;
  /** Shape [models]. */
  readonly verbosity: Float32Array;
  /** Positions of the prompts whose grades are remembered. */
  readonly places: PromptPositions;
}

/** How the members are trained, and which rows they see. */
export interface EnsemblePlan {
  readonly shape: NetworkShape;
  readonly recipe: Hyperparameters;
  readonly known: FactSource;
  readonly rows: readonly number[];
  /** Rows with ratings; they teach the difficulty of prompts and nothing about models. */
  readonly rated: readonly number[];
  readonly random: Random;
  readonly progress: Progress;
}

/** Fits transferable difficulty and levels, trains the members one after the other, and locates the training prompts. */
export function trainEnsemble(table: OutcomeTable, plan: EnsemblePlan): Ensemble {
  const { shape, recipe, rows, rated, random } = plan;
  const inputs = inputsOf(shape);
  const weights = weighRows(table, [...rows, ...rated], recipe.setPower);
  const adequacy = rows.filter((row) => gradesAdequacy(table, row));
  const graded = rows.filter((row) => !isPreference(table, row));
  const transferWeights = fitTransfer(table, shape, adequacy);
  const transfer = Float32Array.from(table.prompts, (_, row) =>
    dot(transferWeights, 0, table.inputs.subarray(row * inputs, (row + 1) * inputs)),
  );
  const levels = fitLevels(table, rows, plan.known);
  const setSkills = new SetSkills(table, rows, levels);
  const members = Array.from({ length: shape.members }, (_, i) => {
    const member = new Member(shape, table, { transfer, levels, setSkills }, { recipe, random });
    member.train([...rows, ...rated], weights, (epoch) => {
      plan.progress.tick(
        () => `network ${i + 1} of ${shape.members}, pass ${epoch} of ${recipe.epochs}`,
      );
    });
    return member;
  });
  const mean = (of: (member: Member) => number): number =>
    members.reduce((sum, member) => sum + of(member), 0) / members.length;
  const withGain = (values: Float32Array): Float32Array =>
    values.map((value, i) => (i % inputs < shape.embedding ? recipe.vectorGain * value : value));
  const lengthWeights = Float32Array.from({ length: inputs }, (_, i) =>
    mean((member) => at(member.lengthWeights.values, i)),
  );
  const usualDifficulty = Float32Array.from(members, (member) =>
    member.usualDifficulty(rows, weights),
  );
  return {
    shape,
    tables: {
      ...table.scaling,
      transferWeights,
      lengthWeights: withGain(lengthWeights),
      hiddenWeights: withGain(stack(members, (member) => member.hiddenWeights.values)),
      hiddenBias: stack(members, (member) => member.hiddenBias.values),
      headWeights: stack(members, (member) => member.headWeights.values),
      headBias: stack(members, (member) => member.headBias.values),
      usualDifficulty,
      foreignWeights: usualForeignWeights({ transferWeights, usualDifficulty }),
      foreignRows: new Float32Array(table.embeddingRows),
    },
    abilities: joinAbilities(members, table.models.length, shape.skills),
    verbosity: Float32Array.from(table.models, (_, m) =>
      mean(({ verbosity }) => at(verbosity.values, m)),
    ),
    places: locatePrompts(table, { shape, rows: [...graded, ...rated], random }),
  };
}

function stack(members: readonly Member[], of: (member: Member) => Float32Array): Float32Array {
  const parts = members.map(of);
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((offset, part) => (joined.set(part, offset), offset + part.length), 0);
  return joined;
}

/** Row weights: prompts of large sets count less, so that small sets matter; 1 on average. */
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
  const each = 1 + skills;
  const abilities = new Float32Array(models * members.length * each);
  for (let m = 0; m < models; m++) {
    members.forEach((member, r) => {
      const first = (m * members.length + r) * each;
      abilities[first] = at(member.general.values, m);
      abilities.set(member.skills.values.subarray(m * skills, (m + 1) * skills), first + 1);
    });
  }
  return abilities;
}

/** The memory of how far the grades of the training part differ from what the ensemble predicts now. */
export function memoryOf(ensemble: Ensemble, table: OutcomeTable): Memory {
  const network = new FactorNetwork(ensemble.shape, ensemble.tables);
  const inputs = inputsOf(ensemble.shape);
  return recordResiduals(table, ensemble.places, (row) => {
    const demand = network.run(table.inputs.subarray(row * inputs, (row + 1) * inputs), 1);
    const models = table.model.subarray(table.first[row], table.first[row + 1]);
    return Float32Array.from(models, (model) => logOddsOf(ensemble, demand, model));
  });
}

/** Log-odds of success of a model on a prompt with the given demand, from the networks alone. */
export function logOddsOf(ensemble: Ensemble, demand: PromptDemand, model: number): number {
  const { members } = ensemble.shape;
  const factors = factorsOf(ensemble.shape);
  let sum = 0;
  for (let member = 0; member < members; member++) sum -= at(demand.difficulty, member);
  for (let k = 0; k < factors; k++)
    sum += at(demand.factors, k) * at(ensemble.abilities, model * factors + k);
  return sum / members;
}

/** Calls `look` with the demand of each row, computed as for familiar prompts; the object is reused. */
export function forEachDemand(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
  look: (demand: PromptDemand, row: number) => void,
): void {
  const network = new FactorNetwork(ensemble.shape, ensemble.tables);
  const inputs = inputsOf(ensemble.shape);
  for (const row of rows) {
    look(network.run(table.inputs.subarray(row * inputs, (row + 1) * inputs), 1), row);
  }
}

/**
 * Calls `look` with the log-odds of each row's models as the predictor would compute them: from the networks, in proportion to
 * how familiar the row is, and from the memory of graded prompts.
 *
 * @param rows - not ones that the ensemble was trained on, since it remembers their grades
 * @param look - receives a function from model to log-odds
 */
export function forEachPrediction(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
  look: (row: number, logOdds: (model: number) => number) => void,
): void {
  const network = new FactorNetwork(ensemble.shape, ensemble.tables);
  const { shape, tables } = memoryOf(ensemble, table);
  const memory = new GradedMemory(shape, tables, table.models.length);
  const inputs = inputsOf(ensemble.shape);
  const answers = memory.answersOf(() => true);
  for (const row of rows) {
    const input = table.inputs.subarray(row * inputs, (row + 1) * inputs);
    const foreign = table.foreign[row] ?? IN_ENGLISH;
    const recalled = memory.recall(input, answers, 1 - foreign.degree);
    const demand = network.run(input, recalled.closeness, foreign);
    look(row, (model) => logOddsOf(ensemble, demand, model) + neighbourLogOdds(recalled, model));
  }
}

/** Changes all log-odds to `scale × log-odds + shift`, in place. */
export function rescale(ensemble: Ensemble, scale: number, shift: number): void {
  const { shape, tables, abilities } = ensemble;
  const { hidden, skills } = shape;
  multiply(abilities, scale);
  multiply(tables.transferWeights, scale);
  multiply(tables.foreignWeights, scale);
  const intercept = tables.foreignWeights.length - 1;
  tables.foreignWeights[intercept] = at(tables.foreignWeights, intercept) - shift;
  for (let member = 0; member < shape.members; member++) {
    const row = member * (skills + EXTRA_OUTPUTS) + skills;
    multiply(tables.headWeights.subarray(row * hidden, (row + 1) * hidden), scale);
    tables.headBias[row] = scale * at(tables.headBias, row) - shift;
    tables.usualDifficulty[member] = scale * at(tables.usualDifficulty, member) - shift;
  }
}

function multiply(values: Float32Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] = at(values, i) * by;
}
