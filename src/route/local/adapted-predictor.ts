import type { Model } from '../../core/model.js';
import { logistic } from '../factor-network.js';
import { Familiarity } from '../familiarity.js';
import type { Features } from '../features.js';
import { modelKey } from '../model-name.js';
import type { Ability, ModelPrediction, Prediction, Predictor } from '../predictor.js';
import type { LocalHead } from './local-head.js';

/** Bounds of every predicted success. */
const LEAST = 1e-4;

/**
 * Distance from the head's prompts up to which a correction counts wholly, and from which it does not count: its kernels are linear, and what is right
 * for the prompts it was fitted to runs off any scale for others.
 */
const APPLIES = { wholly: 0.5, not: 0.7 };

/** How much of a component goes to a model. */
interface Part {
  readonly component: number;
  readonly load: number;
}

/** The first component is what all models share; of a model without answers nothing else is known. */
const SHARED_ONLY: readonly Part[] = [{ component: 0, load: 1 }];

interface AdaptedAbility extends Ability {
  readonly base: Ability;
  /** Position among the head's models; -1 when it has no graded answer here. */
  readonly column: number;
}

/** What a head reads of a prompt; without its text the words do not count. */
interface ReadPrompt {
  readonly text: string;
  readonly dense: Float32Array;
  readonly vector: Float32Array | null;
  /** Share of the correction that counts, 0 to 1. */
  readonly share: number;
}

/** A predictor corrected by what an operator's own graded prompts have shown. */
export class AdaptedPredictor implements Predictor {
  readonly revision: string;
  readonly judge: Predictor['judge'];
  readonly usual: Predictor['usual'];
  readonly vectorLength: Predictor['vectorLength'];
  readonly #base: Predictor;
  readonly #head: LocalHead;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #anchors: readonly [Ability, Ability];
  /** Tells prompts like those that the head was fitted to; `null` where it cannot. */
  readonly #familiarity: Familiarity | null;
  /** Of each model of the head, then of all others. */
  readonly #shifts: Float32Array;
  readonly #deviations: Float32Array;
  /** So near to 0 or 1 the head alone brings no success: as the mean of as many equal answers and one of either kind. */
  readonly #edge: number;
  /** What moves each model: most components belong to one model alone. */
  readonly #parts: readonly (readonly Part[])[];
  /** What the abilities asked for last stand for; a router asks for the same ones every time. */
  #asked: { readonly abilities: readonly Ability[]; readonly base: readonly Ability[] } | null =
    null;

  /**
   * @param revision - of the base and the head together
   * @param anchors - what `base` knows of the head's anchor models
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
    this.#edge = Math.max(LEAST, 1 / answers.reduce((sum, count) => sum + count, 2));
    this.#parts = models.map((_, column) =>
      Array.from({ length: head.components }, (_none, component) => ({
        component,
        load: loads[component * models.length + column] ?? 0,
      })).filter(({ load }) => load !== 0),
    );
    this.revision = revision;
    if (base.judge !== undefined) {
      const judge = base.judge.bind(base);
      this.judge = (prompt, abilities) => {
        const share = shareAt(this.#familiarity?.distanceOf(prompt.vector) ?? 0);
        const before = judge(prompt, this.#baseOf(abilities));
        return this.#corrected(before, abilities, { text: '', ...prompt, share });
      };
    }
    this.usual = base.usual;
    this.vectorLength = base.vectorLength;
    this.#base = base;
    this.#head = head;
    this.#anchors = anchors;
    this.#familiarity = known.landmarks.length === 0 ? null : new Familiarity(known, dims);
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
    // The prompts that it was tuned on are as good to know as those that the base was trained on.
    const distance = vector && this.#familiarity?.distance(features, vector);
    const ood = Math.min(prediction.ood, distance ?? 1);
    const share = shareAt(distance ?? 0);
    const models = this.#corrected(prediction.models, abilities, { text, dense, vector, share });
    return { ood, vector, models };
  }

  /** @param before - what the base expects of the abilities asked for, then of the anchors */
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

  /** The abilities the base knows, with the anchors behind them. */
  #baseOf(abilities: readonly Ability[]): readonly Ability[] {
    if (this.#asked?.abilities !== abilities) {
      const base = abilities.map((known) => (known as AdaptedAbility).base);
      this.#asked = { abilities, base: [...base, ...this.#anchors] };
    }
    return this.#asked.base;
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
  const { wholly, not } = APPLIES;
  return Math.max(0, Math.min(1, (not - distance) / (not - wholly)));
}

function columnOf(known: Ability | undefined): number {
  return (known as AdaptedAbility).column;
}

/** Log-odds of a predicted success. */
export function logOddsOf(prediction: Pick<ModelPrediction, 'success'> | undefined): number {
  const p = prediction?.success ?? 0.5;
  return Math.log(p / (1 - p));
}
