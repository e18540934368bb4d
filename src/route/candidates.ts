import { expectedCostUsd } from '../catalog/price.js';
import type { VendorBinding } from '../core/conversation.js';
import type { Candidate, Drop } from '../core/decision.js';
import type { Capability, Model, Price, ServedModel, Speed, Upstream } from '../core/model.js';
import type { CandidateTable } from './candidate-table.js';
import type { Features } from './features.js';
import type { ModelPrediction } from './predictor.js';
import { globMatcher } from './rules/glob.js';
import type { RuleValue, RuleOutcome } from './rules/outcome.js';

/** A model that the router may choose. `upstreams` is `null` if it is only ranked, never called. */
export interface RoutedModel {
  readonly model: Model;
  readonly upstreams: ServedModel['upstreams'] | null;
  /** The catalog's entry if `model` has another name there; its ability is then used. */
  readonly catalogEntry?: Model | undefined;
}

/** What the candidates of one request are evaluated with. */
export interface EvaluationContext {
  readonly features: Pick<
    Features,
    'inputTokens' | 'maxOutputTokens' | 'needs' | 'bound' | 'askedLength' | 'tools'
  >;
  readonly outcome: RuleOutcome;
  /** Answers requested (`n`). At least 1. */
  readonly choices: number;
  /** Input tokens in the providers' prompt caches, by model; `null` or absent if there are none. */
  readonly cached?: ReadonlyMap<string, number> | null;
  /**
   * The caller guarantees that every model can serve the prompt: capabilities, context window
   * and output limit are not checked.
   */
  readonly vouched: boolean;
}

/** Data about a model that does not depend on the request. */
export interface ModelState {
  /** `null` when unknown. */
  readonly speed: Speed | null;
  /** How many times longer its answers are than predicted. */
  readonly lengthFactor: number;
  /** The model's entry of `ruleDrops` for the demand's outcome. */
  readonly droppedByRules: Drop | null;
}

/** Evaluates one model as a candidate; what does not depend on the request is computed once. */
export class ModelEvaluator {
  readonly id: string;
  readonly #place: number;
  readonly #capabilities: Model['capabilities'];
  readonly publishedSpeed: Speed | null;
  readonly #price: Price | null;
  /** Dialects of the first upstream; `undefined` if unknown. */
  readonly #dialects: readonly string[] | undefined;
  /** Infinity if unknown, like the output limit: an unknown limit excludes no model. */
  readonly #contextWindow: number;
  readonly #maxOutputTokens: number;

  /** @param place - index of the model among the candidates */
  constructor({ model, upstreams }: RoutedModel, place: number) {
    this.id = model.id;
    this.#place = place;
    this.#capabilities = model.capabilities;
    this.publishedSpeed = model.speed;
    this.#price = upstreams === null ? (model.hosts[0]?.price ?? null) : upstreams[0].price;
    this.#dialects = dialectsOf(upstreams?.[0]);
    this.#contextWindow = model.contextWindow ?? Infinity;
    this.#maxOutputTokens = model.maxOutputTokens ?? Infinity;
  }

  /**
   * Writes the model's row of the table: prediction, cost, latency, and the constraint that drops it, if any.
   *
   * @param known - data about the model that does not depend on the request
   */
  evaluateInto(
    table: CandidateTable,
    prediction: ModelPrediction,
    { speed, lengthFactor, droppedByRules }: ModelState,
    demand: EvaluationContext,
  ): void {
    const { features, choices } = demand;
    const outputTokens = this.#answerTokens(lengthFactor * prediction.outputTokens, features);
    // A published time to the first token includes the reasoning, which is what makes answers longer than predicted.
    const timedTokens =
      speed === this.publishedSpeed && lengthFactor > 1
        ? this.#answerTokens(prediction.outputTokens, features)
        : outputTokens;
    const { inputTokens } = features;
    const cachedTokens = Math.min(demand.cached?.get(this.id) ?? 0, inputTokens);
    const answers = outputTokens * choices;
    const costUsd = expectedCostUsd(this.#price, inputTokens, answers, cachedTokens);
    const latencyMs =
      speed === null ? null : speed.firstTokenMs + (timedTokens / speed.tokensPerS) * 1000;
    table.setPrediction(this.#place, prediction.success, prediction.uncertainty, outputTokens);
    table.setEstimates(this.#place, { cachedTokens, costUsd, latencyMs });
    const dropped =
      (demand.vouched ? null : this.#dropByRequest(outputTokens, features)) ??
      (features.bound === undefined ? null : dropByBinding(this.#dialects, features.bound)) ??
      droppedByRules ??
      dropByLimits(costUsd, latencyMs, demand);
    if (dropped !== null) table.drop(this.#place, dropped);
  }

  /**
   * Expected tokens of an answer within the requested length and the limits. A requested length does not bound
   * reasoning, which is bounded by the limits only.
   */
  #answerTokens(
    expected: number,
    { askedLength, maxOutputTokens }: EvaluationContext['features'],
  ): number {
    const limit = Math.min(maxOutputTokens ?? Infinity, this.#maxOutputTokens);
    if (askedLength === undefined) return Math.min(expected, limit);
    const most = this.#capabilities.has('reasoning') ? Infinity : askedLength.maxTokens;
    return Math.min(Math.max(askedLength.minTokens, Math.min(most, expected)), limit);
  }

  #dropByRequest(answerTokens: number, features: EvaluationContext['features']): Drop | null {
    const missing = missingOf(this.#capabilities, features.needs);
    if (missing !== null) {
      return { why: 'capability_missing', detail: `has no ${missing}`, rule: null };
    }
    const window = this.#contextWindow;
    const needed = features.inputTokens + answerTokens;
    if (needed > window) {
      return {
        why: 'context_too_small',
        detail: `needs about ${Math.round(needed)} tokens, has ${window}`,
        rule: null,
      };
    }
    const cap = features.maxOutputTokens;
    if (cap !== null && cap > this.#maxOutputTokens) {
      return {
        why: 'output_too_small',
        detail: `${cap} output tokens requested, at most ${this.#maxOutputTokens} available`,
        rule: null,
      };
    }
    return null;
  }
}

function dialectsOf(upstream: Upstream | undefined): readonly string[] | undefined {
  if (upstream?.dialect === undefined) return undefined;
  return upstream.responses === true ? [upstream.dialect, 'responses'] : [upstream.dialect];
}

/** An upstream of unknown dialects is not dropped. */
function dropByBinding(
  clientDialects: readonly string[] | undefined,
  bound: readonly VendorBinding[],
): Drop | null {
  if (clientDialects === undefined) return null;
  const lost = bound.find(
    ({ dialects }) => !clientDialects.some((dialect) => dialects.includes(dialect)),
  );
  if (lost === undefined) return null;
  const readers = lost.dialects.join(' or ');
  return {
    why: 'vendor_bound',
    detail: `${lost.at} requires a provider of the dialect ${readers}`,
    rule: null,
  };
}

function missingOf(has: Model['capabilities'], needs: readonly Capability[]): Capability | null {
  for (const capability of needs) if (!has.has(capability)) return capability;
  return null;
}

/**
 * Which list of an outcome drops each model, independently of the request.
 *
 * Computed once per outcome, not per request.
 *
 * @param vouched - see `EvaluationContext.vouched`
 * @returns in the order of `models`; `null` for a model that no list drops
 */
export function ruleDrops(
  outcome: RuleOutcome,
  models: readonly Model[],
  vouched: boolean,
): readonly (Drop | null)[] {
  const never = outcome.never.map(compiled);
  const only = outcome.only.map(compiled);
  const required = vouched ? [] : outcome.require;
  return models.map(
    (model) => dropByLists(model, never, only) ?? dropByRequirements(model, required),
  );
}

interface CompiledList {
  readonly matches: (model: string) => boolean;
  readonly globs: string;
  readonly rule: string | null;
}

function compiled({ value, rule }: RuleOutcome['only'][number]): CompiledList {
  return { matches: globMatcher(value), globs: value.join(', '), rule };
}

/** Every list and limit of an outcome that drops a candidate; the first one is the reason it was dropped for. */
export function dropReasons(
  { model, costUsd, latencyMs }: Candidate,
  { never, only, limits }: RuleOutcome,
): readonly Drop[] {
  return [
    ...never.map((list) => dropByLists({ id: model }, [compiled(list)], [])),
    ...only.map((list) => dropByLists({ id: model }, [], [compiled(list)])),
    dropByCost(costUsd, limits.costUsd),
    dropByLatency(latencyMs, limits.latencyMs),
  ].filter((drop) => drop !== null);
}

function dropByLists(
  { id }: Pick<Model, 'id'>,
  never: readonly CompiledList[],
  only: readonly CompiledList[],
): Drop | null {
  for (const { matches, globs, rule } of never) {
    if (matches(id)) return { why: 'never', detail: `matches never ${globs}`, rule };
  }
  for (const { matches, globs, rule } of only) {
    if (!matches(id)) return { why: 'not_in_only', detail: `is not in only ${globs}`, rule };
  }
  return null;
}

function dropByRequirements(
  { capabilities }: Model,
  required: RuleOutcome['require'],
): Drop | null {
  for (const { value, rule } of required) {
    const missing = missingOf(capabilities, value);
    if (missing !== null) return { why: 'capability_missing', detail: `has no ${missing}`, rule };
  }
  return null;
}

function dropByLimits(
  expectedUsd: number | null,
  expectedMs: number | null,
  { outcome, features }: EvaluationContext,
): Drop | null {
  const { costUsd, latencyMs, contextTokens } = outcome.limits;
  if (contextTokens !== null && features.inputTokens > contextTokens.value) {
    return {
      why: 'context_limit',
      detail: `about ${Math.round(features.inputTokens)} input tokens, ${contextTokens.value} allowed`,
      rule: contextTokens.rule,
    };
  }
  return dropByCost(expectedUsd, costUsd) ?? dropByLatency(expectedMs, latencyMs);
}

function dropByCost(expectedUsd: number | null, limit: RuleValue<number> | null): Drop | null {
  if (limit === null) return null;
  const { value, rule } = limit;
  if (expectedUsd === null) {
    return { why: 'cost_unknown', detail: 'price unknown, cost is limited', rule };
  }
  if (expectedUsd <= value) return null;
  const detail = `$${expectedUsd.toPrecision(3)} is over the limit of $${value}`;
  return { why: 'cost_limit', detail, rule };
}

function dropByLatency(expectedMs: number | null, limit: RuleValue<number> | null): Drop | null {
  if (limit === null) return null;
  const { value, rule } = limit;
  if (expectedMs === null) {
    return { why: 'latency_unknown', detail: 'speed unknown, latency is limited', rule };
  }
  if (expectedMs <= value) return null;
  const detail = `${Math.round(expectedMs)} ms is over the limit of ${value} ms`;
  return { why: 'latency_limit', detail, rule };
}
