import path from 'node:path';
import type { Model } from '../core/model.js';
import { ArtefactError, verifyArtefacts } from '../embed/artefact.js';
import { StaticEmbedder } from '../embed/static-embedder.js';
import { centreVector } from './centre-vector.js';
import { at, FactorNetwork, inputsOf, logistic, writeDense } from './factor-network.js';
import type { PromptDemand } from './factor-network.js';
import { OodDetector } from './ood-detector.js';
import { FEATURE_NAMES, foreignDegree, isFromCodingAgent } from './dense-features.js';
import type { Features } from './features.js';
import { neighbourAnswerCount, GradedMemory, neighbourLogOdds } from './graded-memory.js';
import type { NeighbourEvidence, PackedAnswers } from './graded-memory.js';
import { AbilityTable } from './ability-table.js';
import type { BenchmarkEstimate, FactorAbility } from './ability-table.js';
import { readPredictorArtefact } from './predictor-artefact.js';
import type { EncoderInfo, PredictorTables } from './predictor-artefact.js';
import type {
  Ability,
  ModelPrediction,
  NumbersPrediction,
  PromptNumbers,
  Prediction,
  Predictor,
  UsualPrompt,
} from './predictor.js';
import { readUsualPrompts, USUAL_PROMPTS_FILE } from './usual-prompts.js';

/** Distance and novelty of coding agents' requests: a benchmark shows models' success at such work, but not at this request. */
const AGENT_DISTANCE = 0.5;
/** Exponent of closeness for novelty: prompts of left-out sets often have a closeness of 0.9. */
const NOVELTY_POWER = 3;
/** π/8: the factor for averaging a logistic curve over a normal error (MacKay, 1992). */
const MODERATION = Math.PI / 8;
/** Upper bound of expected answers, in tokens. */
const MAX_LOG_TOKENS = Math.log(32_000);

/** Number of graded answers to identical prompts at which a model's own answers have a weight of one half. */
const HALF_WEIGHT_ANSWERS = 2;

/**
 * Loads the trained predictor from a folder such as `models/`, and its embedder if that is a table.
 *
 * @throws {ArtefactError} an artefact is missing, damaged or not the one in the manifest, or
 *   was trained on features that this version does not extract
 */
export function loadPredictor(folder: string): Promise<FactorPredictor> {
  // A promise, so that reading can become asynchronous without a change for callers.
  return Promise.resolve().then(() => {
    const { manifest, revision } = verifyArtefacts(folder, FEATURE_NAMES);
    const file = path.join(folder, 'predictor.bin');
    const tables = readPredictorArtefact(file);
    const { meta } = tables;
    const embedder =
      meta.encoder === undefined ? StaticEmbedder.load(path.join(folder, 'embedder.bin')) : null;
    // Whether the encoder is the one of the training can only be checked once it is open.
    const { id, dims } = embedder ?? { id: meta.embedder, dims: meta.shape.embedding };
    if (meta.embedder !== id) {
      throw new ArtefactError(file, `it was trained with embedder ${meta.embedder}, found ${id}`);
    }
    if (meta.shape.dense !== FEATURE_NAMES.length || meta.shape.embedding !== dims) {
      const expected = `${dims} and ${FEATURE_NAMES.length}`;
      const found = `${meta.shape.embedding} and ${meta.shape.dense}`;
      throw new ArtefactError(file, `expected ${expected} inputs, found ${found}`);
    }
    // Artefacts of earlier versions have none: prices then depend on the traffic alone.
    const usual = Object.hasOwn(manifest.artefacts, USUAL_PROMPTS_FILE)
      ? readUsualPrompts(path.join(folder, USUAL_PROMPTS_FILE), { id, dims }, FEATURE_NAMES.length)
      : [];
    return new FactorPredictor(tables, embedder, revision, usual);
  });
}

/** Predicts from the demands of a prompt, estimated by a small network, and each model's abilities, which are in a table. */
export class FactorPredictor implements Predictor {
  readonly revision: string;
  readonly usualPrompts: readonly UsualPrompt[];
  readonly vectorLength: number;
  /** The operator's transformer whose vectors `Features.encoded` must contain; `null` if the static embedder computes them. */
  readonly encoder: (EncoderInfo & { readonly id: string }) | null;
  readonly #tables: PredictorTables;
  readonly #embedder: StaticEmbedder | null;
  readonly #isMultilingual: boolean;
  readonly #network: FactorNetwork;
  readonly #memory: GradedMemory;
  readonly #familiarity: OodDetector;
  readonly #input: Float32Array;
  readonly #abilities: AbilityTable;
  /** Remembered answers by list of abilities; a router always passes the same list. */
  readonly #remembered = new WeakMap<readonly Ability[], PackedAnswers>();

  /** @param embedder - `null` if the tables were trained with an encoder */
  constructor(
    tables: PredictorTables,
    embedder: StaticEmbedder | null,
    revision: string,
    usual: readonly UsualPrompt[] = [],
  ) {
    const { meta } = tables;
    this.revision = revision;
    this.usualPrompts = usual;
    this.vectorLength = meta.shape.embedding;
    this.encoder = meta.encoder === undefined ? null : { ...meta.encoder, id: meta.embedder };
    this.#tables = tables;
    this.#embedder = embedder;
    this.#isMultilingual = meta.encoder?.multilingual === true;
    this.#network = new FactorNetwork(meta.shape, tables.network);
    this.#memory = new GradedMemory(meta.memory, tables.memory, meta.models.length);
    this.#familiarity = new OodDetector(
      {
        landmarks: tables.centroids,
        usualDistance: meta.usualDistance,
        languages: this.#isMultilingual ? null : new Map(Object.entries(meta.languages)),
      },
      meta.shape.embedding,
    );
    this.#input = new Float32Array(inputsOf(meta.shape));
    this.#abilities = new AbilityTable(tables);
  }

  /** A model's ability by graded answers and published facts, each weighted by its certainty. */
  ability(model: Model): Ability {
    return this.#abilities.of(model);
  }

  predict(features: Features, abilities: readonly Ability[]): Prediction {
    const { meta, network } = this.#tables;
    const input = this.#input;
    const vector = input.subarray(0, meta.shape.embedding);
    this.#embed(features, vector);
    writeDense(features.dense, network, input);
    const ood = isFromCodingAgent(features.dense)
      ? AGENT_DISTANCE
      : this.#familiarity.distance(features, vector);
    const promptVariance = meta.doubt.always + meta.doubt.far * ood * ood;
    return { ood, vector, ...this.#judgeAll(features, abilities, promptVariance) };
  }

  /**
   * As `predict`, for a prompt of which only the numbers were stored.
   *
   * @param prompt - its sentence vector, by the same embedder, and its dense features
   */
  predictNumbers(prompt: PromptNumbers, abilities: readonly Ability[]): NumbersPrediction {
    this.#input.set(prompt.vector);
    writeDense(prompt.dense, this.#tables.network, this.#input);
    return this.#judgeAll(prompt, abilities, this.#tables.meta.doubt.always);
  }

  #embed({ task, encoded }: Features, out: Float32Array): void {
    if (this.#embedder !== null) {
      this.#embedder.embed(task, out);
      return;
    }
    const { centre } = this.#tables;
    if (centre === null || encoded?.length !== out.length) {
      throw new Error(`a prompt has no vector of the encoder ${this.encoder?.name ?? ''}`);
    }
    centreVector(encoded, centre, out);
  }

  /** Judges the prompt in `#input`, which has the features `dense`, and a text unless only its numbers were stored. */
  #judgeAll(
    { dense, task }: { readonly dense: Float32Array; readonly task?: string },
    abilities: readonly Ability[],
    promptVariance: number,
  ): NumbersPrediction {
    const degree = this.#isMultilingual ? 0 : foreignDegree(dense);
    const isRead = degree > 0 && task !== undefined;
    const words = isRead ? (this.#embedder?.rowsOf(task) ?? null) : null;
    const recalled = this.#memory.recall(this.#input, this.#rememberedOf(abilities), 1 - degree);
    const demand = this.#network.run(this.#input, recalled.closeness, { degree, words });
    const isOfAgent = isFromCodingAgent(dense);
    const evidence = { demand, recalled, promptVariance, isOfAgent };
    const novelty = isOfAgent ? AGENT_DISTANCE : 1 - recalled.closeness ** NOVELTY_POWER;
    const models = abilities.map((known) => this.#judge(known as FactorAbility, evidence));
    return { novelty, models };
  }

  /** The remembered answers of the models in `abilities`. */
  #rememberedOf(abilities: readonly Ability[]): PackedAnswers {
    const known = this.#remembered.get(abilities);
    if (known !== undefined) return known;
    const indices = new Set((abilities as readonly FactorAbility[]).map(({ own }) => own?.index));
    const remembered = this.#memory.answersOf((model) => indices.has(model));
    this.#remembered.set(abilities, remembered);
    return remembered;
  }

  #judge(
    known: FactorAbility,
    { demand, recalled, promptVariance, isOfAgent }: PromptEvidence,
  ): ModelPrediction {
    if (isOfAgent && known.agent !== null) {
      return predictionAs(known.agent, promptVariance, demand.logTokens + known.verbosity);
    }
    const { skills: factors, variance, skillVariance, factShare, own, verbosity } = known;
    const { members, skills } = this.#tables.meta.shape;
    const each = 1 + skills;
    const ownWeight = own === null ? 0 : ownAnswerWeight(recalled, own.index);
    const surprise = neighbourLogOdds(recalled, own?.index ?? -1);
    let sum = 0;
    let squares = 0;
    for (let member = 0; member < members; member++) {
      let logOdds = surprise - at(demand.difficulty, member);
      if (own !== null) logOdds += ownWeight * at(own.surplus, member);
      for (let k = member * each; k < (member + 1) * each; k++) {
        logOdds += at(demand.factors, k) * at(factors, k);
      }
      sum += logOdds;
      squares += logOdds * logOdds;
    }
    const mean = sum / members;
    const spread = Math.max(0, squares / members - mean * mean);
    // Uncertainty about the model pulls its probability towards 0.5; fitted skills are already calibrated.
    // Uncertainty about the prompt is the same for all models, so it must not change their order.
    const success = logistic(
      mean / Math.sqrt(1 + MODERATION * (1 - ownWeight) * factShare * variance),
    );
    const open = recalled.closeness ** 2 * skillVariance;
    return predictionOf(
      success,
      variance + open + spread + promptVariance,
      demand.logTokens + verbosity,
    );
  }
}

/** The prediction for work that a benchmark measures. Uncertainty about the figure pulls the probability towards 0.5. */
function predictionAs(
  figure: BenchmarkEstimate,
  promptVariance: number,
  logTokens: number,
): ModelPrediction {
  const success = logistic(figure.mean / Math.sqrt(1 + MODERATION * figure.variance));
  return predictionOf(success, figure.variance + promptVariance, logTokens);
}

/** @param variance - of the log-odds of success */
function predictionOf(success: number, variance: number, logTokens: number): ModelPrediction {
  const deviation = success * (1 - success) * Math.sqrt(variance);
  return {
    success: Math.max(1e-4, Math.min(1 - 1e-4, success)),
    uncertainty: Math.min(0.5, deviation),
    outputTokens: Math.max(1, Math.exp(Math.min(MAX_LOG_TOKENS, logTokens))),
  };
}

/** The part of a prediction that is the same for all models. */
interface PromptEvidence {
  readonly demand: PromptDemand;
  readonly recalled: NeighbourEvidence;
  /** Variance of log-odds. */
  readonly promptVariance: number;
  /** Whether the request comes from a coding agent. */
  readonly isOfAgent: boolean;
}

/** Weight of a model's own graded answers to similar prompts, against the estimate by facts; 0 to 1. */
function ownAnswerWeight(recalled: NeighbourEvidence, index: number): number {
  const count = neighbourAnswerCount(recalled, index);
  return (recalled.kinship * count) / (count + HALF_WEIGHT_ANSWERS);
}
