import type { Outcome } from '../account/decision-log.js';
import type { Candidate, Decision, DecisionSummary } from '../core/decision.js';
import type { Usage } from '../core/usage.js';
import type { Loss } from '../dialects/neutral/losses.js';
import type { CacheInfo } from '../request/exchange.js';
import type { Flip } from '../route/explain.js';
import type { Routing } from '../route/routing.js';

/** Cost and savings as known when the reply's headers are written. */
export interface HeaderBill {
  /** US dollars; `null` when unknown. */
  readonly costUsd: number | null;
  readonly savedUsd: number | null;
  /**
   * Where the figures come from: the provider's reported `usage` of a whole answer; `estimated` if it reported none, or if a failed
   * attempt is included; `expected` for a stream, which has only begun.
   */
  readonly basis: 'usage' | 'estimated' | 'expected';
}

/** The model that answered, and its prediction. */
export interface HeaderAnswer {
  readonly decision: DecisionSummary;
  /** Differs from the decision's model after a fallback; `null` if no model answered. */
  readonly servedModel: string | null;
  readonly expected: Candidate | null;
  readonly simulated: boolean;
  /** Parts of the request that were dropped for the model that answered. */
  readonly dropped: readonly Loss[];
  /** Absent where no cache is configured. */
  readonly cache?: CacheInfo;
}

/** A decision as the `x-suffice-*` headers of a reply. */
export function decisionHeaders(
  { decision, servedModel, expected, simulated, dropped, cache }: HeaderAnswer,
  bill: HeaderBill | null,
): Record<string, string> {
  const model = servedModel ?? decision.model;
  const reason = model === decision.model ? decision.reason : 'fallback';
  const headers: Record<string, string> = {
    'x-request-id': decision.id,
    'x-suffice-decision': decision.id,
    'x-suffice-model': headerSafe(model),
    'x-suffice-requested': headerSafe(decision.requested),
    'x-suffice-reason': reason,
  };
  if (expected !== null) headers['x-suffice-success'] = expected.success.toFixed(3);
  if (decision.rule !== null) headers['x-suffice-rule'] = headerSafe(decision.rule);
  if (decision.degraded !== null) headers['x-suffice-degraded'] = decision.degraded;
  if (simulated) headers['x-suffice-simulated'] = 'true';
  if (dropped.length > 0) headers['x-suffice-dropped'] = droppedFields(dropped);
  addCacheHeaders(headers, cache);
  if (bill !== null && bill.costUsd !== null) {
    headers['x-suffice-cost-usd'] = usd(bill.costUsd);
    headers['x-suffice-cost-basis'] = bill.basis;
    if (bill.savedUsd !== null) headers['x-suffice-saved-usd'] = usd(bill.savedUsd);
  }
  return headers;
}

function addCacheHeaders(headers: Record<string, string>, cache: CacheInfo | undefined): void {
  if (cache === undefined) return;
  headers['x-suffice-cache'] = cache.status;
  if (cache.why !== null) headers['x-suffice-cache-reason'] = cache.why;
  if (cache.ageS !== null) headers['age'] = String(Math.floor(cache.ageS));
  if (cache.source !== null) headers['x-suffice-cache-source'] = cache.source;
  if (cache.semantic === undefined) return;
  headers['x-suffice-cache-similarity'] = cache.semantic.similarity.toFixed(4);
  headers['x-suffice-cache-probability'] = cache.semantic.probability.toFixed(4);
}

const ZERO = 0x30;
/** At least three of the nine digits are kept. */
const MAX_TRIMMED_ZEROS = 6;

/** Nanodollars are exact enough for one request; never in exponential notation. */
function usd(amount: number): string {
  const text = amount.toFixed(9);
  let end = text.length;
  while (end > text.length - MAX_TRIMMED_ZEROS && text.charCodeAt(end - 1) === ZERO) end -= 1;
  return text.slice(0, end);
}

/** A header must not list hundreds of fields. */
const MAX_DROPPED_SHOWN = 12;

function droppedFields(dropped: readonly Loss[]): string {
  const shown = dropped.slice(0, MAX_DROPPED_SHOWN).map(({ field }) => headerSafe(field));
  const more = dropped.length - shown.length;
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '');
}

const HEADER_SAFE = /^[\x20-\x7e]{0,200}$/;

/** Names come from clients and operators; a header takes printable ASCII only. */
function headerSafe(text: string): string {
  return HEADER_SAFE.test(text) ? text : text.slice(0, 200).replace(/[^\x20-\x7e]/gu, '?');
}

/** A decision as JSON, with its features, candidates, and what would have flipped it. */
export function decisionJson(
  decision: Decision,
  routing: Omit<Routing, 'decision'> | null,
  flips: readonly Flip[],
): Record<string, unknown> {
  return {
    object: 'decision',
    id: decision.id,
    created: Math.floor(decision.atMs / 1000),
    requested: decision.requested,
    policy: decision.policy,
    model: decision.model,
    reason: decision.reason,
    rule: decision.rule,
    matched_rules: decision.matchedRules,
    keep: decision.keep,
    reference: decision.reference,
    floor: routing === null ? null : round(routing.choice.floor),
    ood: round(decision.ood),
    novelty: round(decision.novelty),
    degraded: decision.degraded,
    fallbacks: decision.fallbacks,
    candidates: decision.candidates.map(candidateJson),
    flips: flips.map(({ model, change, size }) => ({ model, change, size: round(size) })),
    features: routing === null ? null : featuresJson(routing.features),
    receipt: decision.receipt,
  };
}

/** One candidate as JSON; probabilities with four decimals, money in full precision. */
export function candidateJson(candidate: Candidate): Record<string, unknown> {
  return {
    model: candidate.model,
    success: round(candidate.success),
    uncertainty: round(candidate.uncertainty),
    cost_usd: candidate.costUsd,
    output_tokens: Math.round(candidate.outputTokens),
    cached_tokens: Math.round(candidate.cachedTokens),
    latency_ms: candidate.latencyMs === null ? null : Math.round(candidate.latencyMs),
    dropped: candidate.dropped,
  };
}

/** The outcome of a decision as JSON. */
export function outcomeJson(outcome: Outcome): Record<string, unknown> {
  return {
    status: outcome.status,
    error: outcome.error,
    model: outcome.servedModel,
    attempts: outcome.attempts.map(({ upstream, outcome: result, ms, charge }) => ({
      upstream,
      outcome: result,
      ms: round(ms),
      // Only for failed attempts that are billed.
      usage: charge && usageJson(charge.usage),
      cost_usd: charge?.costUsd,
    })),
    finish_reason: outcome.finishReason,
    usage: outcome.usage && usageJson(outcome.usage),
    cost_usd: outcome.costUsd,
    saved_usd: outcome.savedUsd,
    first_byte_ms: round(outcome.firstByteMs),
    total_ms: round(outcome.totalMs),
    overhead_ms: round(outcome.overheadMs),
  };
}

function usageJson(usage: Usage): Record<string, unknown> {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    estimated: usage.estimated,
  };
}

function featuresJson(features: Routing['features']): Record<string, unknown> {
  return {
    input_tokens: Math.round(features.inputTokens),
    language: features.language,
    code: round(features.code),
    maths: round(features.maths),
    material_length: features.materialChars,
    turns: features.turns,
    tools: features.tools,
    images: features.images,
    format: features.format,
    needs: features.needs,
    max_output_tokens: features.maxOutputTokens,
  };
}

function round(value: number): number;
function round(value: number | null): number | null;
function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
