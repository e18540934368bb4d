import type { Model } from '../../core/model.js';
import { logistic } from '../factor-network.js';
import { OodDetector } from '../ood-detector.js';
import type { Features } from '../features.js';
import { modelKey } from '../model-name.js';
import type { Ability, ModelPrediction, Prediction, Predictor } from '../predictor.js';
import type { LocalHead } from './local-head.js';

/** Bounds of every predicted success. */
const MIN_SUCCESS = 1e-4;

/**
 * Distance from the head's prompts up to which a correction applies fully, and from which it does not apply: its kernels are linear,
 * so that it extrapolates without bound.
 */
const APPLIES = { fullBelow: 0.5, noneAbove: 0.7 };

/** The loading of a model on a component. */
interface Loading {
  readonly component: number;
  readonly load: number;
}

/** For models without graded answers: the first component is shared by all models. */
const SHARED_ONLY: readonly Loading[] = [{ component: 0, load: 1 }];

interface AdaptedAbility extends Ability {
  readonly base: Ability;
  /** Index among the head's models; -1 without graded answers. */
  readonly column: number;
}

/** A head's inputs for a prompt; without a text, words do not count. */
interface ReadPrompt {
  readonly text: string;
  readonly dense: Float32Array;
  readonly vector: Float32Array | null;
  /** Share of the correction that is applied, 0 to 1. */
  readonly share: number;
}

/** A predictor corrected by a head, which was fitted to the operator's own graded prompts. */
export class AdaptedPredictor implements Predictor {
  readonly revision: string;
  readonly predictNumbers: Predictor['predictNumbers'];
  readonly usualPrompts: Predictor['usualPrompts'];
  readonly vectorLength: Predictor['vectorLength'];
  readonly #base: Predictor;
  readonly #head: LocalHead;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #anchors: readonly [Ability, Ability];
  /** Distance from the prompts that the head was fitted to; `null` if it has no sentence vectors. */
  readonly #familiarity: OodDetector | null;
  /** For each model of the head, then for all others. */
  readonly #shifts: Float32Array;
  readonly #deviations: Float32Array;
  /** Minimum distance of corrected successes from 0 and 1: with one more good and one more bad answer among n, 1/(n + 2). */
  readonly #edge: number;
  /** The non-zero loadings of each model: most components belong to one model only. */
  readonly #parts: readonly (readonly Loading[])[];
  /** The latest abilities and their base abilities; a router passes the same ones every time. */
  #latest: { readonly abilities: readonly Ability[]; readonly base: readonly Ability[] } | null =
    null;

  /**
   * @param anchors - base abilities of the head's anchor models
   * @param revision - of the base and the head together
   */
  constructor(
    base: Predictor,
    head: LocalHead,
    anchors: readonly [Ability, Ability],
    revision: string,
  ) {
    const { models, shifts, deviations, answers, loads, known, standard } = head.tables;
    const dims = standard.vectorMean.length;
    this.#shifts = shifts;
    this.#deviations = deviations;
    this.#edge = Math.max(MIN_SUCCESS, 1 / answers.reduce((sum, count) => sum + count, 2));
    this.#parts = models.map((_, column) =>
      Array.from({ length: head.components }, (_none, component) => ({
        component,
        load: loads[component * models.length + column] ?? 0,
      })).filter(({ load }) => load !== 0),
    );
    this.revision = revision;
    if (base.predictNumbers !== undefined) {
      const judge = base.predictNumbers.bind(base);
      this.predictNumbers = (prompt, abilities) => {
        const share = shareAt(this.#familiarity?.vectorDistance(prompt.vector) ?? 0);
        const { models, novelty } = judge(prompt, this.#baseOf(abilities));
        return {
          models: this.#corrected(models, abilities, { text: '', ...prompt, share }),
          novelty: (1 - share) * novelty,
        };
      };
    }
    this.usualPrompts = base.usualPrompts;
    this.vectorLength = base.vectorLength;
    this.#base = base;
    this.#head = head;
    this.#anchors = anchors;
    this.#familiarity = known.landmarks.length === 0 ? null : new OodDetector(known, dims);
    this.#columns = new Map([
      ...models.map((name, i) => [modelKey(name), i] as const),
      ...models.map((name, i) => [name, i] as const),
    ]);
  }

  ability(model: Model): Ability {
    const base = this.#base.ability(model);
    const column = this.#columns.get(model.id) ?? this.#columns.get(modelKey(model.id)) ?? -1;
    const known: AdaptedAbility = {
      model: base.model,
      basis: column < 0 ? base.basis : 'fitted',
      base,
      column,
    };
    return known;
  }

  predict(features: Features, abilities: readonly Ability[]): Prediction {
    const prediction = this.#base.predict(features, this.#baseOf(abilities));
    const { vector } = prediction;
    const { text, dense } = features;
    // Prompts near those of the tuning are as familiar as prompts near those of the training.
    const distance = vector && this.#familiarity?.distance(features, vector);
    const ood = Math.min(prediction.ood, distance ?? 1);
    const share = shareAt(distance ?? 0);
    const models = this.#corrected(prediction.models, abilities, { text, dense, vector, share });
    return { ood, novelty: (1 - share) * prediction.novelty, vector, models };
  }

  /** @param before - the base's predictions for the abilities, then for the anchors */
  #corrected(
    before: readonly ModelPrediction[],
    abilities: readonly Ability[],
    { text, dense, vector, share }: ReadPrompt,
  ): readonly ModelPrediction[] {
    const { length } = abilities;
    const anchors = [logOddsOf(before[length]), logOddsOf(before[length + 1])] as const;
    const values = this.#head.read(text, { dense, vector, anchors });
    return before
      .slice(0, length)
      .map((model, i) => this.#correct(columnOf(abilities[i]), model, { values, share }));
  }

  /** The base abilities, followed by the anchors. */
  #baseOf(abilities: readonly Ability[]): readonly Ability[] {
    if (this.#latest?.abilities !== abilities) {
      const base = abilities.map((known) => (known as AdaptedAbility).base);
      this.#latest = { abilities, base: [...base, ...this.#anchors] };
    }
    return this.#latest.base;
  }

  #correct(
    column: number,
    before: ModelPrediction,
    { values, share }: { readonly values: Float64Array; readonly share: number },
  ): ModelPrediction {
    const at = column < 0 ? this.#parts.length : column;
    let correction = this.#shifts[at] ?? 0;
    for (const { component, load } of this.#parts[at] ?? SHARED_ONLY) {
      correction += load * (values[component] ?? 0);
    }
    const logOdds = logOddsOf(before) + share * correction;
    const least = Math.min(this.#edge, before.success);
    const most = Math.max(1 - this.#edge, before.success);
    const success = Math.max(least, Math.min(most, logistic(logOdds)));
    const slope = success * (1 - success);
    const carried = before.uncertainty / (before.success * (1 - before.success));
    const own = share * (this.#deviations[at] ?? 0);
    return {
      success,
      uncertainty: Math.min(0.5, slope * Math.sqrt(carried * carried + own * own)),
      outputTokens: before.outputTokens,
    };
  }
}

function shareAt(distance: number): number {
  const { fullBelow, noneAbove } = APPLIES;
  return Math.max(0, Math.min(1, (noneAbove - distance) / (noneAbove - fullBelow)));
}

function columnOf(known: Ability | undefined): number {
  return (known as AdaptedAbility).column;
}

/** Log-odds of a predicted success. */
export function logOddsOf(prediction: Pick<ModelPrediction, 'success'> | undefined): number {
  const p = prediction?.success ?? 0.5;
  return Math.log(p / (1 - p));
}
