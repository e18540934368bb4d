import type { Features } from './features.js';
import { heuristicPredictor } from './heuristic.js';
import type { Ability, Prediction, Predictor } from './predictor.js';
import type { EncoderFault } from './prompt-reader.js';

/** The predictor and its replacement. */
export interface PredictionServiceParts {
  readonly predictor: Predictor;
  /** Used if features lack the vector that `predictor` needs; `null` or absent if it needs none. */
  readonly fallbackPredictor?: Predictor | null | undefined;
  /** Why the predictor is not the configured one; `null` if it is. */
  readonly degraded: string | null;
  /** Called whenever the predictor throws: once per request, so count it and log changes only. */
  readonly onPredictorFault: (error: unknown) => void;
}

/** A prediction, the predictor that made it, and why it is degraded. */
export interface AttributedPrediction {
  readonly prediction: Prediction;
  readonly degraded: string | null;
  /** For predictions of the heuristic after a failure, the predictor that failed. */
  readonly predictor: Predictor;
}

/** A predictor with its abilities of the models to choose from. */
interface PredictorWithAbilities {
  readonly predictor: Predictor;
  readonly abilities: readonly Ability[];
}

/** Predicts with the predictor, or if it cannot with a simpler one; `degraded` says so. */
export class PredictionService {
  /** The predictor's abilities of the models. */
  readonly abilities: readonly Ability[];
  readonly #parts: PredictionServiceParts;
  readonly #heuristic: PredictorWithAbilities;
  readonly #fallback: PredictorWithAbilities | null;

  /** @param abilitiesBy - makes a predictor's abilities of the models to choose from */
  constructor(
    parts: PredictionServiceParts,
    abilitiesBy: (predictor: Predictor) => readonly Ability[],
  ) {
    const { predictor, fallbackPredictor = null } = parts;
    const heuristic = heuristicPredictor();
    this.abilities = abilitiesBy(predictor);
    this.#parts = parts;
    this.#heuristic = { predictor: heuristic, abilities: abilitiesBy(heuristic) };
    this.#fallback = fallbackPredictor && {
      predictor: fallbackPredictor,
      abilities: abilitiesBy(fallbackPredictor),
    };
  }

  /** @param lack - why the features lack the vector that the predictor needs; `null` if they do not */
  predict(features: Features, lack: EncoderFault | null): AttributedPrediction {
    try {
      if (lack !== null && this.#fallback !== null) {
        const { predictor, abilities } = this.#fallback;
        return { prediction: predictor.predict(features, abilities), degraded: lack, predictor };
      }
      const { predictor: mainPredictor, degraded } = this.#parts;
      return {
        prediction: mainPredictor.predict(features, this.abilities),
        degraded,
        predictor: mainPredictor,
      };
    } catch (error) {
      this.#parts.onPredictorFault(error);
      const { predictor, abilities } = this.#heuristic;
      const prediction = predictor.predict(features, abilities);
      return { prediction, degraded: 'predictor_failed', predictor: this.#parts.predictor };
    }
  }
}
