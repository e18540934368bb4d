import { expectedCostUsd } from '../catalog/price.js';
import type { Candidate, Drop } from '../core/decision.js';
import type { Capability, Model, ServedModel, Speed } from '../core/model.js';
import type { Features } from './features.js';
import type { ModelPrediction } from './predictor.js';
import { globMatcher } from './rules/glob.js';
import type { RuleOutcome } from './rules/outcome.js';

/** What every candidate is measured against for one request. */
export interface Demand {
  readonly features: Features;
  readonly outcome: RuleOutcome;
  /** Made of `outcome` by `compileLists`. */
  readonly lists: ModelLists;
  /** Answers asked for. At least 1. */
  readonly choices: number;
  /**
   * The caller vouches that every model can serve the prompt: capabilities, context window
   * and output limit are not looked at.
   */
  readonly vouched: boolean;
}

/**
 * What is expected of a model for a request, and which constraint removes it, if any.
 *
 * @param speed - measured speed where there is one, else the catalog's; `null` when unknown
 */
export function candidateFor(
  served: Pick<ServedModel, 'model'> & { readonly upstreams: ServedModel['upstreams'] | null },
  prediction: ModelPrediction,
  speed: Speed | null,
  demand: Demand,
): Candidate {
  const { features, choices } = demand;
  const { model } = served;
  const answerTokens = Math.min(
    prediction.outputTokens,
    features.maxOutputTokens ?? Infinity,
    model.maxOutputTokens ?? Infinity,
  );
  const price =
    served.upstreams === null ? (model.hosts[0]?.price ?? null) : served.upstreams[0].price;
  const open: Candidate = {
    model: model.id,
    success: prediction.success,
    uncertainty: prediction.uncertainty,
    outputTokens: answerTokens,
    costUsd: expectedCostUsd(price, features.inputTokens, answerTokens * choices),
    latencyMs:
      speed === null ? null : speed.firstTokenMs + (answerTokens / speed.tokensPerS) * 1000,
    dropped: null,
  };
  const dropped =
    (demand.vouched ? null : dropByRequest(model, answerTokens, features)) ??
    dropByRules(open, model, demand);
  return dropped === null ? open : { ...open, dropped };
}

function dropByRequest(model: Model, answerTokens: number, features: Features): Drop | null {
  const missing = missingOf(model, features.needs);
  if (missing !== null) {
    return { why: 'capability_missing', detail: `has no ${missing}`, rule: null };
  }
  const window = model.contextWindow;
  const needed = features.inputTokens + answerTokens;
  if (window !== null && needed > window) {
    return {
      why: 'context_too_small',
      detail: `needs about ${Math.round(needed)} tokens, has ${window}`,
      rule: null,
    };
  }
  const cap = features.maxOutputTokens;
  if (cap !== null && model.maxOutputTokens !== null && cap > model.maxOutputTokens) {
    return {
      why: 'output_too_small',
      detail: `${cap} output tokens asked, at most ${model.maxOutputTokens} given`,
      rule: null,
    };
  }
  return null;
}

function missingOf(model: Model, needs: readonly Capability[]): Capability | null {
  return needs.find((capability) => !model.capabilities.has(capability)) ?? null;
}

/** The globs of an outcome, made ready once per request rather than once per candidate. */
export interface ModelLists {
  readonly never: readonly CompiledList[];
  readonly only: readonly CompiledList[];
}

interface CompiledList {
  readonly matches: (model: string) => boolean;
  readonly globs: readonly string[];
  readonly rule: string | null;
}

/** Makes the `only` and `never` lists of an outcome ready to be matched against many models. */
export function compileLists(outcome: RuleOutcome): ModelLists {
  const compile = ({ value, rule }: RuleOutcome['only'][number]): CompiledList => ({
    matches: globMatcher(value),
    globs: value,
    rule,
  });
  return { never: outcome.never.map(compile), only: outcome.only.map(compile) };
}

function dropByRules(candidate: Candidate, model: Model, demand: Demand): Drop | null {
  const { lists, outcome } = demand;
  for (const { matches, globs, rule } of lists.never) {
    if (matches(model.id)) return { why: 'never', detail: `matches never ${join(globs)}`, rule };
  }
  for (const { matches, globs, rule } of lists.only) {
    if (!matches(model.id)) {
      return { why: 'not_in_only', detail: `is not in only ${join(globs)}`, rule };
    }
  }
  for (const { value, rule } of demand.vouched ? [] : outcome.require) {
    const missing = missingOf(model, value);
    if (missing !== null) return { why: 'capability_missing', detail: `has no ${missing}`, rule };
  }
  return dropByLimits(candidate, demand);
}

function dropByLimits(candidate: Candidate, { outcome, features }: Demand): Drop | null {
  const { costUsd, latencyMs, contextTokens } = outcome.limits;
  if (contextTokens !== null && features.inputTokens > contextTokens.value) {
    return {
      why: 'context_limit',
      detail: `about ${Math.round(features.inputTokens)} input tokens, ${contextTokens.value} allowed`,
      rule: contextTokens.rule,
    };
  }
  if (costUsd !== null) {
    if (candidate.costUsd === null) {
      return { why: 'cost_unknown', detail: 'price unknown, cost is limited', rule: costUsd.rule };
    }
    if (candidate.costUsd > costUsd.value) {
      return {
        why: 'cost_limit',
        detail: `$${candidate.costUsd.toPrecision(3)} is over the limit of $${costUsd.value}`,
        rule: costUsd.rule,
      };
    }
  }
  if (latencyMs !== null) {
    if (candidate.latencyMs === null) {
      return {
        why: 'latency_unknown',
        detail: 'speed unknown, latency is limited',
        rule: latencyMs.rule,
      };
    }
    if (candidate.latencyMs > latencyMs.value) {
      return {
        why: 'latency_limit',
        detail: `${Math.round(candidate.latencyMs)} ms is over the limit of ${latencyMs.value} ms`,
        rule: latencyMs.rule,
      };
    }
  }
  return null;
}

function join(globs: readonly string[]): string {
  return globs.join(', ');
}
