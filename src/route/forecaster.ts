import type { Features } from './features.js';
import { heuristicPredictor } from './heuristic.js';
import type { Ability, Prediction, Predictor } from './predictor.js';
import type { Lack } from './prompt-reader.js';

/** What predicts, and what takes its place. */
export interface ForecastParts {
  readonly predictor: Predictor;
  /** Predicts where features lack what `predictor` needs; `null`, as when absent, where it needs nothing more. */
  readonly standIn?: Predictor | null | undefined;
  /** Why the predictor is not the one that was asked for; `null` when it is. */
  readonly degraded: string | null;
  /** Told when the predictor throws: once per request, so count it and log changes. */
  readonly onPredictorFault: (error: unknown) => void;
}

/** A prediction, by whom it was made, and what kept it from being better. */
export interface Forecast {
  readonly prediction: Prediction;
  readonly degraded: string | null;
  /** The heuristic's predictions go by the name of the predictor that failed. */
  readonly by: Predictor;
}

/** A predictor, and what it knows of the models to choose from. */
interface KnowingPredictor {
  readonly predictor: Predictor;
  readonly abilities: readonly Ability[];
}

/** Always predicts: where the predictor cannot, something simpler does, and the decision says so. */
export class Forecaster {
  /** What the predictor knows of the models. */
  readonly abilities: readonly Ability[];
  readonly #parts: ForecastParts;
  readonly #heuristic: KnowingPredictor;
  readonly #standIn: KnowingPredictor | null;

  /** @param abilitiesBy - what a predictor knows of the models to choose from */
  constructor(parts: ForecastParts, abilitiesBy: (predictor: Predictor) => readonly Ability[]) {
    const { predictor, standIn = null } = parts;
    const heuristic = heuristicPredictor();
    this.abilities = abilitiesBy(predictor);
    this.#parts = parts;
    this.#heuristic = { predictor: heuristic, abilities: abilitiesBy(heuristic) };
    this.#standIn = standIn && { predictor: standIn, abilities: abilitiesBy(standIn) };
  }

  /** @param lack - why the features lack what the predictor needs; `null` where they do not */
  of(features: Features, lack: Lack | null): Forecast {
    try {
      if (lack !== null && this.#standIn !== null) {
        const { predictor: by, abilities } = this.#standIn;
        return { prediction: by.predict(features, abilities), degraded: lack, by };
      }
      const { predictor: by, degraded } = this.#parts;
      return { prediction: by.predict(features, this.abilities), degraded, by };
    } catch (error) {
      this.#parts.onPredictorFault(error);
      const { predictor, abilities } = this.#heuristic;
      const prediction = predictor.predict(features, abilities);
      return { prediction, degraded: 'predictor_failed', by: this.#parts.predictor };
    }
  }
}
