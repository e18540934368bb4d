import { at, dot, EXTRA_OUTPUTS, inputsOf, logistic } from '../../../src/route/factor-network.js';
import type { NetworkShape } from '../../../src/route/factor-network.js';
import type { Random } from '../random.js';
import { add, addScaled, Parameters } from './parameters.js';
import { gradesAdequacy, isRated } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';
import type { SetSkills } from './set-skills.js';

/** Hyperparameters of a member; chosen on the validation part. */
export interface Hyperparameters {
  readonly epochs: number;
  readonly rate: number;
  /** Share of hidden units and of inputs left out at random. */
  readonly hiddenDropout: number;
  readonly inputDropout: number;
  /** Weight decay of the network and of abilities. */
  readonly decay: number;
  readonly abilityDecay: number;
  /** Weight decay of a model's general ability towards its level. */
  readonly levelDecay: number;
  /** Factor applied to sentence vectors before the first layer. */
  readonly vectorGain: number;
  /** A set of n prompts counts as much as n to this power. */
  readonly setPower: number;
  /** Weight of the squared error of log tokens relative to the log-loss. */
  readonly lengthWeight: number;
}

const BATCH = 128;
const WARM_UP_STEPS = 100;
/** Errors of log tokens are clipped at this. */
const LENGTH_ERROR_LIMIT = 2;
/** Penalty of the squared skills that a rated prompt needs, over 2. */
const RATED_SKILL_PENALTY = 0.05;

/** Fitted before a member is trained. */
interface Given {
  readonly transfer: Float32Array;
  readonly levels: Float32Array;
  readonly setSkills: SetSkills;
}

/** The weights of one member while it is trained. */
export class Member {
  readonly #shape: NetworkShape;
  readonly #recipe: Hyperparameters;
  readonly #table: OutcomeTable;
  readonly #transfer: Float32Array;
  readonly #setSkills: SetSkills;
  readonly #random: Random;
  readonly hiddenWeights: Parameters;
  readonly hiddenBias: Parameters;
  readonly headWeights: Parameters;
  readonly headBias: Parameters;
  readonly lengthWeights: Parameters;
  /** Per model and skill, beside the general ability. */
  readonly skills: Parameters;
  readonly general: Parameters;
  readonly verbosity: Parameters;
  /** Log-odds that a task adds whose grades do not measure adequacy; shape [tasks]. */
  readonly taskOffsets: Parameters;
  readonly #input: Float32Array;
  readonly #hidden: Float32Array;
  readonly #hiddenGradient: Float32Array;
  readonly #head: Float32Array;
  readonly #headGradient: Float32Array;

  /**
   * @param given - `transfer`: transferable difficulty of each row of the table; the member learns the rest.
   *   `levels`: strength of each model on one scale for all sets. `setSkills`: removes set effects from skills
   */
  constructor(
    shape: NetworkShape,
    table: OutcomeTable,
    { transfer, levels, setSkills }: Given,
    { recipe, random }: { readonly recipe: Hyperparameters; readonly random: Random },
  ) {
    const inputs = inputsOf(shape);
    const outputs = shape.skills + EXTRA_OUTPUTS;
    const noise = (scale: number) => () => random.normal() * scale;
    const { decay, abilityDecay } = recipe;
    this.#shape = shape;
    this.#recipe = recipe;
    this.#table = table;
    this.#transfer = transfer;
    this.#setSkills = setSkills;
    this.#random = random;
    this.hiddenWeights = new Parameters(shape.hidden * inputs, decay, noise(1 / Math.sqrt(inputs)));
    this.hiddenBias = new Parameters(shape.hidden, 0);
    this.headWeights = new Parameters(
      outputs * shape.hidden,
      decay,
      noise(0.3 / Math.sqrt(shape.hidden)),
    );
    this.headBias = new Parameters(outputs, 0);
    this.lengthWeights = new Parameters(inputs, decay);
    this.skills = new Parameters(table.models.length * shape.skills, abilityDecay, noise(0.1));
    this.general = Parameters.around(levels, recipe.levelDecay);
    this.verbosity = new Parameters(table.models.length, abilityDecay);
    this.taskOffsets = new Parameters(Math.max(...table.task) + 1, 0);
    this.#input = new Float32Array(inputs);
    this.#hidden = new Float32Array(shape.hidden);
    this.#hiddenGradient = new Float32Array(shape.hidden);
    this.#head = new Float32Array(outputs);
    this.#headGradient = new Float32Array(outputs);
    this.headBias.values[shape.skills + 1] = Math.log(150);
  }

  /**
   * Trains for `recipe.epochs` epochs.
   *
   * @param rows - indices into the table; shuffled in place
   * @param weights - of each row of the table
   */
  train(rows: number[], weights: Float32Array, onEpoch: (epoch: number) => void): void {
    const batches = Math.floor(rows.length / BATCH);
    const steps = batches * this.#recipe.epochs;
    let step = 0;
    for (let epoch = 0; epoch < this.#recipe.epochs; epoch++) {
      this.#random.shuffle(rows);
      for (let batch = 0; batch < batches; batch++) {
        for (let i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
          const row = rows[i] ?? 0;
          this.#learn(row, at(weights, row) / BATCH);
        }
        step += 1;
        const warm = Math.min(1, step / WARM_UP_STEPS);
        this.#update(
          step,
          this.#recipe.rate * warm * 0.5 * (1 + Math.cos((Math.PI * step) / steps)),
        );
      }
      // After every pass, so that the difficulty output learns what is removed here.
      this.#setSkills.takeOut(this.skills.values, this.#shape.skills);
      onEpoch(epoch + 1);
    }
  }

  /**
   * The mean difficulty that the head predicts, without the transferred part.
   *
   * @param weights - of each row of the table
   */
  usualDifficulty(rows: readonly number[], weights: Float32Array): number {
    const { skills } = this.#shape;
    let sum = 0;
    let total = 0;
    for (const row of rows) {
      this.#forward(row, 0, 0);
      const weight = at(weights, row);
      total += weight;
      sum += weight * (at(this.#head, skills) - at(this.#transfer, row));
    }
    return sum / total;
  }

  #update(step: number, rate: number): void {
    this.hiddenWeights.update(step, rate);
    this.hiddenBias.update(step, rate);
    this.headWeights.update(step, rate);
    this.headBias.update(step, rate);
    this.lengthWeights.update(step, rate);
    this.skills.update(step, rate);
    this.general.update(step, rate);
    this.verbosity.update(step, rate);
    this.taskOffsets.update(step, rate);
  }

  #learn(row: number, weight: number): void {
    this.#forward(row, this.#recipe.hiddenDropout, this.#recipe.inputDropout);
    this.#headGradient.fill(0);
    if (isRated(this.#table, row)) this.#scoreRatings(row, weight);
    else this.#scoreOutcomes(row, weight);
    this.#backward();
  }

  #forward(row: number, hiddenDropout: number, inputDropout: number): void {
    const { vectorGain } = this.#recipe;
    const { hidden, skills, embedding } = this.#shape;
    const input = this.#input;
    const inputs = input.length;
    for (let i = 0; i < inputs; i++) {
      const kept = this.#random.next() >= inputDropout;
      const gain = (i < embedding ? vectorGain : 1) / (1 - inputDropout);
      input[i] = kept ? at(this.#table.inputs, row * inputs + i) * gain : 0;
    }
    for (let h = 0; h < hidden; h++) {
      const kept = this.#random.next() >= hiddenDropout;
      const sum = kept
        ? at(this.hiddenBias.values, h) + dot(this.hiddenWeights.values, h * inputs, input)
        : 0;
      this.#hidden[h] = sum > 0 ? sum / (1 - hiddenDropout) : 0;
    }
    for (let o = 0; o < skills + EXTRA_OUTPUTS; o++) {
      this.#head[o] =
        at(this.headBias.values, o) + dot(this.headWeights.values, o * hidden, this.#hidden);
    }
    this.#head[skills] = at(this.#head, skills) + at(this.#transfer, row);
    this.#head[skills + 1] = at(this.#head, skills + 1) + dot(this.lengthWeights.values, 0, input);
  }

  #scoreOutcomes(row: number, weight: number): void {
    const { skills } = this.#shape;
    const { first, model, score, logTokens, task } = this.#table;
    const start = first[row] ?? 0;
    const end = first[row + 1] ?? start;
    const taskOf = task[row] ?? 0;
    const isAdequacy = gradesAdequacy(this.#table, row);
    const offset = isAdequacy ? 0 : at(this.taskOffsets.values, taskOf);
    // A compromise between equal weights for answers and equal weights for prompts.
    const share = weight / Math.sqrt(end - start);
    const difficulty = at(this.#head, skills) - offset;
    for (let i = start; i < end; i++) {
      const m = model[i] ?? 0;
      let logOdds = at(this.general.values, m) - difficulty;
      for (let k = 0; k < skills; k++)
        logOdds += at(this.#head, k) * at(this.skills.values, m * skills + k);
      const error = (logistic(logOdds) - at(score, i)) * share;
      add(this.general.gradient, m, error);
      // Neither a preference nor a match of words says anything about the difficulty of answering adequately.
      if (isAdequacy) this.#scoreDemand(m, error);
      else add(this.taskOffsets.gradient, taskOf, error);
      const tokens = at(logTokens, i);
      if (tokens >= 0) this.#scoreLength(m, tokens, share * this.#recipe.lengthWeight);
    }
  }

  /**
   * Ratings teach the difficulty of the prompt, and nothing about the models. Nobody can tell from three of them which skills a prompt
   * needs, so they are compared with the general abilities alone, and skills are drawn to 0.
   */
  #scoreRatings(row: number, weight: number): void {
    const { skills } = this.#shape;
    const { first, model, score } = this.#table;
    const start = first[row] ?? 0;
    const end = first[row + 1] ?? start;
    const share = weight / Math.sqrt(end - start);
    for (let i = start; i < end; i++) {
      const logOdds = at(this.general.values, model[i] ?? 0) - at(this.#head, skills);
      add(this.#headGradient, skills, -share * (logistic(logOdds) - at(score, i)));
    }
    for (let k = 0; k < skills; k++) {
      add(this.#headGradient, k, weight * RATED_SKILL_PENALTY * at(this.#head, k));
    }
  }

  /** @param error - of the probability that a model answers well */
  #scoreDemand(model: number, error: number): void {
    const { skills } = this.#shape;
    const gradient = this.#headGradient;
    add(gradient, skills, -error);
    for (let k = 0; k < skills; k++) {
      add(this.skills.gradient, model * skills + k, error * at(this.#head, k));
      add(gradient, k, error * at(this.skills.values, model * skills + k));
    }
  }

  #scoreLength(model: number, logTokens: number, weight: number): void {
    const last = this.#shape.skills + 1;
    const miss = at(this.#head, last) + at(this.verbosity.values, model) - logTokens;
    const error = Math.max(-LENGTH_ERROR_LIMIT, Math.min(LENGTH_ERROR_LIMIT, miss)) * weight;
    add(this.verbosity.gradient, model, error);
    add(this.#headGradient, last, error);
  }

  #backward(): void {
    const { hidden, skills } = this.#shape;
    const back = this.#hiddenGradient.fill(0);
    for (let o = 0; o < skills + EXTRA_OUTPUTS; o++) {
      const error = at(this.#headGradient, o);
      add(this.headBias.gradient, o, error);
      addScaled(this.headWeights.gradient, o * hidden, this.#hidden, error);
      for (let h = 0; h < hidden; h++)
        add(back, h, error * at(this.headWeights.values, o * hidden + h));
    }
    addScaled(this.lengthWeights.gradient, 0, this.#input, at(this.#headGradient, skills + 1));
    for (let h = 0; h < hidden; h++) {
      if (at(this.#hidden, h) === 0) continue;
      const error = at(back, h) / (1 - this.#recipe.hiddenDropout);
      add(this.hiddenBias.gradient, h, error);
      addScaled(this.hiddenWeights.gradient, h * this.#input.length, this.#input, error);
    }
  }
}
