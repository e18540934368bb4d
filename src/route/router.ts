import type { Conversation } from '../core/conversation.js';
import type { DecisionHead, Drop, Receipt } from '../core/decision.js';
import type { Model, ServedModel, Speed } from '../core/model.js';
import { CandidateTable } from './candidate-table.js';
import { Contender, dropsByRules, type Demand } from './candidates.js';
import { choose, type Choice } from './decide.js';
import { readFeatures, type Features } from './features.js';
import { Forecaster, type Forecast, type ForecastParts } from './forecaster.js';
import { NoCandidateError } from './no-candidate.js';
import type { Ability, Prediction, Predictor } from './predictor.js';
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

/** A model the router may choose. `upstreams` is `null` when it is only ranked, never called. */
export interface RoutedModel {
  readonly model: Model;
  readonly upstreams: ServedModel['upstreams'] | null;
  /** The catalog's entry, when `model` stands for it under another name; its ability is then used. */
  readonly knownAs?: Model | undefined;
}

/** What a router is made of; replaced as a whole when the configuration changes. */
export interface RouterParts extends ForecastParts {
  readonly models: readonly RoutedModel[];
  /** Why there are no models, for whoever has one chosen: a sentence's end, without a full stop. */
  readonly whyNone?: string | null;
  readonly rules: RuleSet;
  /** First 12 hex digits of the catalog's hash. */
  readonly catalogRevision: string;
  /** What to keep of prompts for feedback to be learnt from; nothing when absent. */
  readonly sketches?: { readonly predictor: string; readonly text: boolean } | null | undefined;
  /** How fast a model is, as measured of late or else as published; `null` when unknown. */
  readonly speedOf: (model: string, published: Speed | null) => Speed | null;
  /** How many times longer a model's answers are than predicted, as measured of late; as predicted where absent. */
  readonly lengthOf?: (model: string, withTools: boolean) => number;
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

/** Decisions for which memory is taken at once. */
const SLAB = 64;

/** Decides which model answers. Synchronous; the same parts and request give the same choice. */
export class Router {
  readonly receipt: Receipt;
  readonly #parts: RouterParts;
  readonly #forecaster: Forecaster;
  readonly #models: readonly Model[];
  readonly #contenders: readonly Contender[];
  readonly #names: readonly string[];
  readonly #tables: ReturnType<typeof CandidateTable.spaceFor>;
  #sketches: ReturnType<typeof PromptSketch.spaceFor> | null = null;
  /** Of the latest decision; the next one's is mostly the same. */
  #latest: Receipt;
  readonly #usual: UsualTraffic;
  readonly #prices: PriceBook;
  /** What `dropsByRules` said of an outcome; index 1 for requests that are vouched for. */
  readonly #ruled = [
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
  ] as const;

  constructor(parts: RouterParts) {
    this.#parts = parts;
    this.#models = parts.models.map(({ model }) => model);
    this.#contenders = parts.models.map((routed, place) => new Contender(routed, place));
    this.#names = this.#models.map(({ id }) => id);
    this.#tables = CandidateTable.spaceFor(this.#names.length, SLAB);
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
      this.#candidates(prediction, demand),
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
    const candidates = this.#able(prediction, demand);
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

  /** What binds softly binds only as long as somebody is left. */
  #able(prediction: Pick<Prediction, 'models'>, demand: Demand): CandidateTable {
    const all = this.#candidates(prediction, demand);
    const { bound } = demand.features;
    if (bound === undefined || all.hasOpen) return all;
    const firm = bound.filter(({ isFirm }) => isFirm);
    if (firm.length === bound.length) return all;
    return this.#candidates(prediction, {
      ...demand,
      features: { ...demand.features, bound: firm },
    });
  }

  #candidates({ models }: Pick<Prediction, 'models'>, demand: Demand): CandidateTable {
    const { speedOf, lengthOf = asPredicted } = this.#parts;
    const ruled = this.#dropsByRules(demand);
    const withTools = demand.features.tools > 0;
    const table = new CandidateTable(this.#names, this.#tables);
    let i = 0;
    for (const contender of this.#contenders) {
      const predicted = models[i];
      if (predicted === undefined) throw new Error('the predictor left out a model');
      const known = {
        speed: speedOf(contender.id, contender.publishedSpeed),
        lengthFactor: lengthOf(contender.id, withTools),
        ruled: ruled[i] ?? null,
      };
      contender.writeTo(table, predicted, known, demand);
      i += 1;
    }
    return table;
  }

  #dropsByRules({ outcome, vouched }: Demand): readonly (Drop | null)[] {
    const made = this.#ruled[vouched ? 1 : 0];
    const known = made.get(outcome);
    if (known !== undefined) return known;
    const drops = dropsByRules(outcome, this.#models, vouched);
    made.set(outcome, drops);
    return drops;
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

const asPredicted = (): number => 1;

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
