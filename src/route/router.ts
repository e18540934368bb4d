import type { Conversation } from '../core/conversation.js';
import type { DecisionSummary, Receipt } from '../core/decision.js';
import type { EvaluationContext, RoutedModel } from './candidates.js';
import { CandidateEvaluator, type CandidateEvaluatorParts } from './candidate-evaluator.js';
import { choose, type Choice } from './decide.js';
import { readFeatures, type Features } from './features.js';
import {
  PredictionService,
  type AttributedPrediction,
  type PredictionServiceParts,
} from './prediction-service.js';
import { NoCandidateError } from './no-candidate.js';
import type { Ability, Predictor } from './predictor.js';
import type { PreparedFeatures } from './prompt-reader.js';
import type { Prospect } from './price/expectations.js';
import { PriceBook } from './price/price-book.js';
import { UsualTraffic } from './price/usual-traffic.js';
import type { ChoiceInput } from './ranking.js';
import type { RuleOutcome } from './rules/outcome.js';
import { Routing } from './routing.js';
import type { RoutingParts } from './routing.js';
import { PromptSketch } from './sketch.js';
import type { RuleFacts } from './rules/facts.js';
import type { FactKind } from './rules/fact-kinds.js';
import type { RuleSet } from './rules/rule-set.js';

/** The parts of a router, replaced together when the configuration changes. */
export interface RouterParts extends CandidateEvaluatorParts, PredictionServiceParts {
  /** Why there are no models, for the error message: the end of a sentence, without a full stop. */
  readonly noModelsReason?: string | null;
  readonly rules: RuleSet;
  /** First 12 hex digits of the catalog's hash. */
  readonly catalogRevision: string;
  /** What sketches of prompts contain, from which feedback is learnt; no sketches if absent. */
  readonly sketches?: { readonly predictor: string; readonly text: boolean } | null | undefined;
  /**
   * Runs work when no request waits for it: prices are updated from recent decisions. Without it
   * they stay those of the usual prompts.
   */
  readonly defer?: ((work: () => void) => void) | null | undefined;
}

/** One request, as the router needs it. */
export interface RouteRequest {
  readonly id: string;
  readonly atMs: number;
  /** The client's value of `model`. */
  readonly requested: string;
  readonly policy: string;
  readonly stream: boolean;
  readonly conversation: Conversation;
  /** Features of `conversation` if already extracted; `null` or absent for the router to extract them. */
  readonly read?: Pick<PreparedFeatures, 'features' | 'lack'> | null | undefined;
  readonly key: RuleFacts['key'];
  readonly metadata: RuleFacts['metadata'];
  readonly budget: RuleFacts['budget'];
  /** See `EvaluationContext.vouched`. */
  readonly vouched: boolean;
  /** See `EvaluationContext.cached`. */
  readonly cached?: EvaluationContext['cached'];
  /** The decision answers no request, so it does not count for prices. */
  readonly isPreview?: boolean;
}

/** Sketches per memory allocation. */
const SLAB_SKETCHES = 64;

/** Decides which model answers. Synchronous; the same parts and request give the same choice. */
export class Router {
  readonly receipt: Receipt;
  readonly #parts: RouterParts;
  readonly #forecaster: PredictionService;
  readonly #contenders: CandidateEvaluator;
  #sketches: ReturnType<typeof PromptSketch.slabFor> | null = null;
  /** Of the latest decision; the next one is usually the same. */
  #latest: Receipt;
  readonly #usual: UsualTraffic;
  readonly #prices: PriceBook;

  constructor(parts: RouterParts) {
    this.#parts = parts;
    this.#contenders = new CandidateEvaluator(parts);
    this.#forecaster = new PredictionService(parts, (predictor) =>
      parts.models.map((routed) => abilityOf(routed, predictor)),
    );
    this.receipt = {
      rules: parts.rules.revision,
      predictor: parts.predictor.revision,
      catalog: parts.catalogRevision,
      price: null,
    };
    this.#latest = this.receipt;
    const { abilities } = this.#forecaster;
    this.#usual = new UsualTraffic(parts.predictor, abilities, (prediction, demand) =>
      this.#contenders.evaluateStrict(prediction, demand),
    );
    this.#prices = new PriceBook({
      usualProspects: (outcome) => this.#usual.prospectsFor(outcome),
      defer: parts.defer ?? null,
    });
  }

  /** Names that a client may send as `model` to have a model chosen. */
  get policies(): readonly string[] {
    return [...this.#parts.rules.policies.keys()];
  }

  /**
   * @throws {NoCandidateError} if constraints leave no model
   * @throws {GatewayError} `model_not_found` if there is no such policy
   */
  route(request: RouteRequest): Routing {
    const { rules } = this.#parts;
    const { read = null } = request;
    const features = read === null ? readFeatures(request.conversation) : read.features;
    const outcome = rules.apply(request.policy, factsOf(request, features));
    const forecast = this.#forecaster.predict(features, read === null ? null : read.lack);
    const { prediction } = forecast;

    const { choices } = request.conversation;
    const { vouched, cached = null } = request;
    const demand: EvaluationContext = { features, outcome, choices, vouched, cached };
    const candidates = this.#contenders.evaluate(prediction, demand);
    const price = this.#prices.priceOf(outcome);
    const input: ChoiceInput = { candidates, outcome, ood: prediction.ood, price };
    const choice = choose(input);
    if (choice === null) {
      const { noModelsReason = null } = this.#parts;
      throw new NoCandidateError(request.policy, candidates.toArray(), noModelsReason);
    }
    const { ood, novelty } = prediction;
    if (request.isPreview !== true) this.#prices.record(outcome, { candidates, ood, novelty });
    const head = this.#headOf(request, input, choice, forecast);
    const sketch = this.#sketch(features, forecast);
    return new Routing({ head, features: withoutText(features), input, choice, sketch });
  }

  /**
   * Names of the rules that match a request, of those whose conditions read facts of some kinds.
   *
   * @param request - called only if there are such rules
   * @throws {GatewayError} `model_not_found` if there is no such policy
   */
  rulesReading(
    kinds: readonly FactKind[],
    policy: string,
    request: () => RouteRequest,
  ): readonly string[] {
    return this.#parts.rules.matchedRulesReading(policy, kinds, () => {
      const read = request();
      return factsOf(read, readFeatures(read.conversation));
    });
  }

  /**
   * The outcome for requests to a policy that match no conditional rule.
   *
   * @throws {GatewayError} `model_not_found` if there is no such policy
   */
  unconditionalOutcome(policy: string): RuleOutcome {
    return this.#parts.rules.unconditionalOutcome(policy);
  }

  /** The candidates of the usual prompts under an outcome; empty if the predictor has no usual prompts. */
  usual(outcome: RuleOutcome): readonly Prospect[] {
    return this.#usual.prospectsFor(outcome);
  }

  #sketch(
    { text, dense }: Features,
    { prediction: { vector }, predictor: predictedBy }: AttributedPrediction,
  ): PromptSketch | null {
    const { sketches = null, predictor } = this.#parts;
    // This predictor cannot learn from another one's vectors.
    if (sketches === null || vector === null || predictedBy !== predictor) return null;
    this.#sketches ??= PromptSketch.slabFor({ vector, dense }, SLAB_SKETCHES);
    return new PromptSketch(
      { predictor: sketches.predictor, text: sketches.text ? text : null },
      { vector, dense },
      this.#sketches,
    );
  }

  /** The receipt for a decision: the price and, through feedback, the predictor's revision change over time. */
  #receiptNow(price: number | null, revision: string): Receipt {
    if (this.#latest.price !== price || this.#latest.predictor !== revision) {
      this.#latest = { ...this.receipt, predictor: revision, price };
    }
    return this.#latest;
  }

  #headOf(
    request: RouteRequest,
    input: ChoiceInput,
    choice: Choice,
    { degraded, prediction, predictor: { revision } }: AttributedPrediction,
  ): DecisionSummary {
    const { outcome } = input;
    const byHeuristic = degraded === 'predictor_failed' || revision === 'heuristic';
    // A pin or a single candidate does not depend on predictions.
    const weighed = choice.reason !== 'pinned' && choice.reason !== 'only_candidate';
    return {
      id: request.id,
      atMs: request.atMs,
      requested: request.requested,
      policy: request.policy,
      model: choice.chosen.model,
      reason: byHeuristic && weighed ? 'heuristic' : choice.reason,
      rule: choice.rule,
      matchedRules: outcome.matched,
      keep: outcome.keep.value,
      reference: choice.reference.model,
      degraded,
      ood: prediction.ood,
      novelty: prediction.novelty,
      receipt: this.#receiptNow(input.price, revision),
    };
  }
}

function abilityOf({ model, catalogEntry }: RoutedModel, predictor: Predictor): Ability {
  const own = predictor.ability(model);
  // The requested name may be the one that was graded (a dated release).
  return catalogEntry === undefined || own.basis === 'fitted'
    ? own
    : predictor.ability(catalogEntry);
}

function factsOf(request: RouteRequest, features: Features): RuleFacts {
  return {
    model: request.requested,
    stream: request.stream,
    metadata: request.metadata,
    conversation: request.conversation,
    features,
    key: request.key,
    timeMs: request.atMs,
    budget: request.budget,
  };
}

function withoutText(features: Features): RoutingParts['features'] {
  const { inputTokens, language, code, maths, turns, tools, images, format, needs } = features;
  const { materialChars, maxOutputTokens } = features;
  return {
    inputTokens,
    language,
    code,
    maths,
    materialChars,
    turns,
    tools,
    images,
    format,
    needs,
    maxOutputTokens,
  };
}
