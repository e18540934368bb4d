import path from 'node:path';
import type { Model } from '../core/model.js';
import { ArtefactError, verifyArtefacts } from '../embed/artefact.js';
import { StaticEmbedder } from '../embed/static-embedder.js';
import { centreVector } from './centre-vector.js';
import { at, FactorNetwork, inputsOf, logistic, writeDense } from './factor-network.js';
import type { PromptDemand } from './factor-network.js';
import { OodDetector } from './ood-detector.js';
import { FEATURE_NAMES, nonEnglishShare, isFromCodingAgent } from './dense-features.js';
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
  PromptNumbers,
  Prediction,
  Predictor,
  UsualPrompt,
} from './predictor.js';
import { readUsualPrompts, USUAL_PROMPTS_FILE } from './usual-prompts.js';

/**
 * Share in other languages from which a prompt is like no graded one, however near it seems: all but a few of these are in
 * English, and those few are riddles about Chinese characters and poems that hardly any model solved. Below it counts in
 * proportion, for the Greek letters of formulas and the odd quotation.
 */
const UNGRADED_SHARE = 0.1;
/** How far coding agents' requests count as from graded prompts: what models make of such work is known, what of this request is not. */
const AGENT_OOD = 0.5;
/** π/8: what a logistic curve averaged over a normal error keeps of its slope (MacKay, 1992). */
const MODERATION = Math.PI / 8;
/** Longest answer that is ever expected, in tokens. */
const MAX_LOG_TOKENS = Math.log(32_000);

/** Answers to prompts like the one asked about, wholly alike, that make a model half known there. */
const HALF_KNOWN = 2;

/**
 * Loads the trained predictor from a folder such as `models/`, and its embedder if that is a table.
 *
 * @throws {ArtefactError} an artefact is missing, damaged or not the one the manifest names, or
 *   was trained on other features than this program reads
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
    // Whether an encoder is the one that it was trained with can be told once that is open.
    const { id, dims } = embedder ?? { id: meta.embedder, dims: meta.shape.embedding };
    if (meta.embedder !== id) {
      throw new ArtefactError(file, `it was trained with embedder ${meta.embedder}, found ${id}`);
    }
    if (meta.shape.dense !== FEATURE_NAMES.length || meta.shape.embedding !== dims) {
      const expected = `${dims} and ${FEATURE_NAMES.length}`;
      const found = `${meta.shape.embedding} and ${meta.shape.dense}`;
      throw new ArtefactError(file, `expected ${expected} inputs, found ${found}`);
    }
    // Artefacts trained by an earlier program have none: prices then follow the traffic alone.
    const usual = Object.hasOwn(manifest.artefacts, USUAL_PROMPTS_FILE)
      ? readUsualPrompts(path.join(folder, USUAL_PROMPTS_FILE), { id, dims }, FEATURE_NAMES.length)
      : [];
    return new FactorPredictor(tables, embedder, revision, usual);
  });
}

/** Predicts from what a prompt demands and what each model can do: a small network against a table of skills. */
export class FactorPredictor implements Predictor {
  readonly revision: string;
  readonly usualPrompts: readonly UsualPrompt[];
  readonly vectorLength: number;
  /** The operator's transformer whose vectors `Features.encoded` must hold; `null` where the table makes them. */
  readonly encoder: (EncoderInfo & { readonly id: string }) | null;
  readonly #tables: PredictorTables;
  readonly #embedder: StaticEmbedder | null;
  readonly #isMultilingual: boolean;
  readonly #network: FactorNetwork;
  readonly #memory: GradedMemory;
  readonly #familiarity: OodDetector;
  readonly #input: Float32Array;
  readonly #abilities: AbilityTable;
  /** What is remembered of the models that were asked about; a router always asks with the same list. */
  readonly #remembered = new WeakMap<readonly Ability[], PackedAnswers>();

  /** @param embedder - `null` where the tables were trained with an encoder */
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
        languages: this.#isMultilingual
          ? null
          : new Map(meta.languages.map((name) => [name, meta.usualDistance])),
      },
      meta.shape.embedding,
    );
    this.#input = new Float32Array(inputsOf(meta.shape));
    this.#abilities = new AbilityTable(tables);
  }

  /** What is known of a model: graded answers and published facts, each weighed by its certainty. */
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
      ? AGENT_OOD
      : this.#familiarity.distance(features, vector);
    const doubt = meta.doubt.always + meta.doubt.far * ood * ood;
    return { ood, vector, models: this.#judgeAll(features.dense, abilities, doubt) };
  }

  /**
   * As `predict`, for a prompt of which only the numbers are left.
   *
   * @param prompt - its sentence vector, by the same embedder, and its dense features
   */
  predictNumbers(prompt: PromptNumbers, abilities: readonly Ability[]): readonly ModelPrediction[] {
    this.#input.set(prompt.vector);
    writeDense(prompt.dense, this.#tables.network, this.#input);
    return this.#judgeAll(prompt.dense, abilities, this.#tables.meta.doubt.always);
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

  /** Of the prompt that `#input` is, whose features `dense` are. */
  #judgeAll(dense: Float32Array, abilities: readonly Ability[], doubt: number): ModelPrediction[] {
    const foreign = this.#isMultilingual ? 0 : nonEnglishShare(dense);
    const comparable = Math.max(0, 1 - foreign / UNGRADED_SHARE);
    const recalled = this.#memory.recall(this.#input, this.#rememberedOf(abilities), comparable);
    const demand = this.#network.run(this.#input, recalled.closeness);
    const about = { demand, recalled, doubt, isOfAgent: isFromCodingAgent(dense) };
    return abilities.map((known) => this.#judge(known as FactorAbility, about));
  }

  /** What is remembered of the models among `abilities`. */
  #rememberedOf(abilities: readonly Ability[]): PackedAnswers {
    const known = this.#remembered.get(abilities);
    if (known !== undefined) return known;
    const asked = new Set((abilities as readonly FactorAbility[]).map(({ own }) => own?.index));
    const remembered = this.#memory.answersOf((model) => asked.has(model));
    this.#remembered.set(abilities, remembered);
    return remembered;
  }

  #judge(
    known: FactorAbility,
    { demand, recalled, doubt, isOfAgent }: AboutPrompt,
  ): ModelPrediction {
    if (isOfAgent && known.agent !== null) {
      return predictionAs(known.agent, doubt, demand.logTokens + known.verbosity);
    }
    const { skills: factors, variance, skillVariance, factShare: guessed, own, verbosity } = known;
    const { members, skills } = this.#tables.meta.shape;
    const each = 1 + skills;
    const shown = own === null ? 0 : shareShown(recalled, own.index);
    const surprise = neighbourLogOdds(recalled, own?.index ?? -1);
    let sum = 0;
    let squares = 0;
    for (let member = 0; member < members; member++) {
      let logOdds = surprise - at(demand.difficulty, member);
      if (own !== null) logOdds += shown * at(own.surplus, member);
      for (let k = member * each; k < (member + 1) * each; k++) {
        logOdds += at(demand.factors, k) * at(factors, k);
      }
      sum += logOdds;
      squares += logOdds * logOdds;
    }
    const mean = sum / members;
    const spread = Math.max(0, squares / members - mean * mean);
    // What is guessed of the model pulls its chances towards a coin's; fitted skills are calibrated as
    // they are. What is not known of the prompt is the same for all models, so it must not reorder them.
    const success = logistic(mean / Math.sqrt(1 + MODERATION * (1 - shown) * guessed * variance));
    const open = recalled.closeness ** 2 * skillVariance;
    return predictionOf(success, variance + open + spread + doubt, demand.logTokens + verbosity);
  }
}

/** Of work that a benchmark measures. What is not known of the figure pulls chances towards a coin's. */
function predictionAs(
  figure: BenchmarkEstimate,
  doubt: number,
  logTokens: number,
): ModelPrediction {
  const success = logistic(figure.mean / Math.sqrt(1 + MODERATION * figure.variance));
  return predictionOf(success, figure.variance + doubt, logTokens);
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

/** What is known of a prompt, whoever answers it. */
interface AboutPrompt {
  readonly demand: PromptDemand;
  readonly recalled: NeighbourEvidence;
  /** Variance of log-odds. */
  readonly doubt: number;
  /** Whether a coding agent asks. */
  readonly isOfAgent: boolean;
}

/** How well a model is known by its own answers to such prompts, 0 to 1. */
function shareShown(recalled: NeighbourEvidence, index: number): number {
  const count = neighbourAnswerCount(recalled, index);
  return (recalled.kinship * count) / (count + HALF_KNOWN);
}
