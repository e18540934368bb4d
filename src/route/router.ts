import type { Conversation } from '../core/conversation.js';
import type { DecisionHead, Receipt } from '../core/decision.js';
import type { Demand, RoutedModel } from './candidates.js';
import { Contenders, type ContendersParts } from './contenders.js';
import { choose, type Choice } from './decide.js';
import { readFeatures, type Features } from './features.js';
import { Forecaster, type Forecast, type ForecastParts } from './forecaster.js';
import { NoCandidateError } from './no-candidate.js';
import type { Ability, Predictor } from './predictor.js';
import type { ReadAhead } from './prompt-reader.js';
import type { Prospect } from './price/expectations.js';
import { PriceBook } from './price/price-book.js';
import { UsualTraffic } from './price/usual-traffic.js';
import type { ChoiceInput } from './ranking.js';
import type { RuleOutcome } from './rules/outcome.js';
import { Routing } from './routing.js';
import type { RoutingParts } from './routing.js';
import { PromptSketch } from './sketch.js';
import type { RuleFacts } from './rules/facts.js';
import type { FactKind } from './rules/reads.js';
import type { RuleSet } from './rules/rule-set.js';

/** What a router is made of; replaced as a whole when the configuration changes. */
export interface RouterParts extends ContendersParts, ForecastParts {
  /** Why there are no models, for whoever has one chosen: a sentence's end, without a full stop. */
  readonly whyNone?: string | null;
  readonly rules: RuleSet;
  /** First 12 hex digits of the catalog's hash. */
  readonly catalogRevision: string;
  /** What to keep of prompts for feedback to be learnt from; nothing when absent. */
  readonly sketches?: { readonly predictor: string; readonly text: boolean } | null | undefined;
  /**
   * Runs work when no request waits for it, so that prices follow the decisions made; without it
   * they stay those of the usual prompts.
   */
  readonly defer?: ((work: () => void) => void) | null | undefined;
}

/** One request, as the router needs it. */
export interface RouteRequest {
  readonly id: string;
  readonly atMs: number;
  /** What the client wrote as `model`. */
  readonly requested: string;
  readonly policy: string;
  readonly stream: boolean;
  readonly conversation: Conversation;
  /** `conversation` as it was read before; `null`, as when absent, where the router is to read it. */
  readonly read?: Pick<ReadAhead, 'features' | 'lack'> | null | undefined;
  readonly key: RuleFacts['key'];
  readonly metadata: RuleFacts['metadata'];
  readonly budget: RuleFacts['budget'];
  /** See `Demand.vouched`. */
  readonly vouched: boolean;
  /** See `Demand.cached`. */
  readonly cached?: Demand['cached'];
  /** Nobody is answered by the decision, so prices do not follow it. */
  readonly isPreview?: boolean;
}

/** Sketches for which memory is taken at once. */
const SLAB = 64;

/** Decides which model answers. Synchronous; the same parts and request give the same choice. */
export class Router {
  readonly receipt: Receipt;
  readonly #parts: RouterParts;
  readonly #forecaster: Forecaster;
  readonly #contenders: Contenders;
  #sketches: ReturnType<typeof PromptSketch.spaceFor> | null = null;
  /** Of the latest decision; the next one's is mostly the same. */
  #latest: Receipt;
  readonly #usual: UsualTraffic;
  readonly #prices: PriceBook;

  constructor(parts: RouterParts) {
    this.#parts = parts;
    this.#contenders = new Contenders(parts);
    this.#forecaster = new Forecaster(parts, (predictor) =>
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
      this.#contenders.measured(prediction, demand),
    );
    this.#prices = new PriceBook({
      usual: (outcome) => this.#usual.under(outcome),
      defer: parts.defer ?? null,
    });
  }

  /** Names a client may write as `model` to have a model chosen. */
  get policies(): readonly string[] {
    return [...this.#parts.rules.policies.keys()];
  }

  /**
   * @throws {NoCandidateError} when constraints leave no model
   * @throws {GatewayError} `model_not_found` when there is no such policy
   */
  route(request: RouteRequest): Routing {
    const { rules } = this.#parts;
    const { read = null } = request;
    const features = read === null ? readFeatures(request.conversation) : read.features;
    const outcome = rules.apply(request.policy, factsOf(request, features));
    const forecast = this.#forecaster.of(features, read === null ? null : read.lack);
    const { prediction } = forecast;

    const { choices } = request.conversation;
    const { vouched, cached = null } = request;
    const demand = { features, outcome, choices, vouched, cached };
    const candidates = this.#contenders.able(prediction, demand);
    const price = this.#prices.priceOf(outcome);
    const input: ChoiceInput = { candidates, outcome, ood: prediction.ood, price };
    const choice = choose(input);
    if (choice === null) {
      const { whyNone = null } = this.#parts;
      throw new NoCandidateError(request.policy, candidates.rows(), whyNone);
    }
    if (request.isPreview !== true) this.#prices.note(outcome, input);
    const head = this.#headOf(request, input, choice, forecast);
    const sketch = this.#sketch(features, forecast);
    return new Routing({ head, features: withoutText(features), input, choice, sketch });
  }

  /**
   * Which of the rules that look at facts of some kinds hold for a request, by name.
   *
   * @param request - called only where there are such rules
   * @throws {GatewayError} `model_not_found` when there is no such policy
   */
  rulesReading(
    kinds: readonly FactKind[],
    policy: string,
    request: () => RouteRequest,
  ): readonly string[] {
    return this.#parts.rules.matchedBy(policy, kinds, () => {
      const read = request();
      return factsOf(read, readFeatures(read.conversation));
    });
  }

  /**
   * What holds for requests to a policy that no rule's condition holds for.
   *
   * @throws {GatewayError} `model_not_found` when there is no such policy
   */
  outcomeOf(policy: string): RuleOutcome {
    return this.#parts.rules.unconditionally(policy);
  }

  /** What prompts as they usually come would meet under an outcome; none where the predictor brings none. */
  usual(outcome: RuleOutcome): readonly Prospect[] {
    return this.#usual.under(outcome);
  }

  #sketch(
    { text, dense }: Features,
    { prediction: { vector }, by }: Forecast,
  ): PromptSketch | null {
    const { sketches = null, predictor } = this.#parts;
    // What another predictor makes of a prompt is nothing that this one can learn from.
    if (sketches === null || vector === null || by !== predictor) return null;
    this.#sketches ??= PromptSketch.spaceFor({ vector, dense }, SLAB);
    return new PromptSketch(
      { predictor: sketches.predictor, text: sketches.text ? text : null },
      { vector, dense },
      this.#sketches,
    );
  }

  /** Learning changes what a decision depends on, so it changes the receipt. */
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
    { degraded, by: { revision } }: Forecast,
  ): DecisionHead {
    const { outcome } = input;
    const byHeuristic = degraded === 'predictor_failed' || revision === 'heuristic';
    // What was forced stays forced, whoever predicted; only a weighing can be called heuristic.
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
      ood: input.ood,
      receipt: this.#receiptNow(input.price, revision),
    };
  }
}

function abilityOf({ model, knownAs }: RoutedModel, predictor: Predictor): Ability {
  const own = predictor.ability(model);
  // The name that was asked for may be the very one that was graded (a dated release).
  return knownAs === undefined || own.basis === 'fitted' ? own : predictor.ability(knownAs);
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
