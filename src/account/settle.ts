import type { Clock } from '../core/clock.js';
import type { GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import type { ExpectedLength, AnswerLengthTracker } from './answer-length.js';
import type { Log } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';
import { billFor, type Bill, type BillingContext } from './bill.js';
import { attemptsWithCharges, chargesOf, withCharges, type EndedAttempt } from './charges.js';
import type { AttemptRecord, Charge, DecisionRecord, Outcome } from './decision-log.js';
import { logRequest } from './request-log.js';
import type { SpeedTracker } from './speed.js';
import type { PromptCacheState, PromptCacheTracker } from './prompt-caches.js';
import type { DailySpend } from './spend.js';

/** Everything that a finished request is recorded in. */
export interface Ledger {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Whether successful requests get a line in the log. */
  readonly logsRequests: () => boolean;
  readonly spend: DailySpend;
  readonly speed: SpeedTracker;
  readonly length: AnswerLengthTracker;
  readonly promptCaches: PromptCacheTracker;
}

/** An exchange in progress. */
export interface LedgerEntry extends BillingContext {
  readonly record: Pick<DecisionRecord<unknown>, 'decision' | 'outcome'> & {
    outcome: Outcome | null;
  };
  readonly caller: string;
  /** The client's own request id; absent if it sent none. */
  readonly clientRequestId: string | undefined;
  readonly stream: boolean;
  /** The answer is not for a client: it checks whether a cached one is right. */
  readonly isRecheck?: boolean;
  /** `Clock.now()` when the request was complete. */
  readonly startedMs: number;
  /** The answer length expected of a model; `null` or absent if none was, or if the request asks for another length. */
  readonly expectedLength?: (model: string) => ExpectedLength | null;
  /** The prompt cache state that the decision used; `null` or absent where prompt caches do not matter. */
  readonly prompt?: PromptCacheState | null;
}

/** How an exchange ended. */
export interface Ending {
  readonly status: number;
  readonly error: GatewayError | null;
  /** The upstream that answered; `null` if none did. */
  readonly upstream: Upstream | null;
  readonly attempts: readonly EndedAttempt[];
  /** What is known of the answer, even if it broke off; `null` if none began. */
  readonly summary: AnswerSummary | null;
  /** `Clock.now()` at the answer's first byte, `null` when there was none. */
  readonly firstByteMs: number | null;
  /** The answer came from the cache or from an identical request in flight; absent otherwise. */
  readonly recalled?: RecalledAnswer;
}

/** An answer from the cache, or shared with an identical request, which cost nothing this time. */
export interface RecalledAnswer {
  /** The model that had answered; `null` if the other request failed. */
  readonly model: string | null;
  /** What it had cost; `null` when unknown. */
  readonly savedUsd: number | null;
  /** Milliseconds spent waiting for the request in flight. */
  readonly waitedMs: number;
}

const NO_CHARGES: readonly Charge[] = [];

/**
 * Settles an exchange: spend, metrics, one log line, the decision's outcome.
 *
 * Idempotent: settling the same entry again changes nothing and returns the first outcome, so that the
 * end of the answer and the client's disconnect may both report it.
 */
export function settle(ledger: Ledger, entry: LedgerEntry, ending: Ending): Outcome {
  if (entry.record.outcome !== null) return entry.record.outcome;
  const answer = billOf(entry, ending);
  const attempts = attemptsWithCharges(entry, ending.attempts);
  const charges = attempts === ending.attempts ? NO_CHARGES : chargesOf(attempts);
  const waitedMs = ending.attempts.reduce(
    (sum, attempt) => sum + attempt.ms,
    ending.recalled?.waitedMs ?? 0,
  );
  const outcome = outcomeOf(entry, ending, withCharges(answer, charges), {
    answerUsd: answer.costUsd,
    attempts,
    totalMs: ledger.clock.now() - entry.startedMs,
    waitedMs,
  });
  entry.record.outcome = outcome;
  ledger.spend.add(outcome.costUsd);
  learnSpeed(ledger.speed, entry, outcome);
  learnLength(ledger.length, entry, outcome);
  learnCaches(ledger.promptCaches, entry, outcome, ending.upstream);
  count(ledger.metrics, entry, outcome);
  for (const charge of charges) countCharge(ledger.metrics, charge);
  if (ending.upstream !== null && answer.usage !== null) {
    const { usage, costUsd } = answer;
    countCharge(ledger.metrics, { model: ending.upstream.modelId, usage, costUsd });
    countSaving(ledger.metrics, entry, outcome);
  }
  logRequest(ledger, entry, outcome, ending.error);
  return outcome;
}

function billOf(entry: LedgerEntry, { upstream, summary, recalled }: Ending): Bill {
  if (upstream === null || summary === null || summary.unmeasured === true) {
    return billWithoutUpstream(recalled);
  }
  return billFor(entry, upstream, summary);
}

/** How the exchange went until its end. */
interface Progress {
  readonly answerUsd: number | null;
  readonly attempts: readonly AttemptRecord[];
  readonly totalMs: number;
  /** The part of `totalMs` spent waiting for upstreams. */
  readonly waitedMs: number;
}

function outcomeOf(
  entry: LedgerEntry,
  ending: Ending,
  bill: Bill,
  { answerUsd, attempts, totalMs, waitedMs }: Progress,
): Outcome {
  const firstByteMs = ending.firstByteMs === null ? null : ending.firstByteMs - entry.startedMs;
  return {
    status: ending.status,
    error: ending.error?.code ?? null,
    servedModel: ending.upstream?.modelId ?? ending.recalled?.model ?? null,
    attempts,
    usage: bill.usage,
    costUsd: bill.costUsd,
    answerUsd,
    savedUsd: bill.savedUsd,
    finishReason: ending.summary?.finishReason ?? null,
    firstByteMs,
    totalMs,
    overheadMs: Math.max(0, (firstByteMs ?? totalMs) - waitedMs),
  };
}

/** No upstream answered this request: a recalled answer costs nothing and uses no tokens. */
function billWithoutUpstream(recalled: RecalledAnswer | undefined): Bill {
  const isAnswered = recalled !== undefined && recalled.model !== null;
  return {
    usage: null,
    costUsd: isAnswered ? 0 : null,
    savedUsd: isAnswered ? recalled.savedUsd : null,
  };
}

function learnSpeed(meter: SpeedTracker, entry: LedgerEntry, outcome: Outcome): void {
  const { servedModel, usage, firstByteMs, totalMs, error, attempts } = outcome;
  if (!entry.stream || error !== null || servedModel === null) return;
  if (usage === null || firstByteMs === null) return;
  // Time lost at places that failed before it does not count against the model.
  const answered = attempts.findLast((attempt) => attempt.outcome === 'ok');
  if (answered === undefined) return;
  meter.record(servedModel, answered.ms, usage.outputTokens, totalMs - firstByteMs);
}

function learnLength(meter: AnswerLengthTracker, entry: LedgerEntry, outcome: Outcome): void {
  const { servedModel, usage, error, finishReason } = outcome;
  // An answer that was cut off does not tell how long it would have been.
  if (error !== null || servedModel === null || finishReason === 'length') return;
  if (usage === null || usage.estimated) return;
  const expected = entry.expectedLength?.(servedModel) ?? null;
  if (expected !== null) meter.record(servedModel, expected, usage);
}

function learnCaches(
  caches: PromptCacheTracker,
  { prompt = null }: LedgerEntry,
  { usage, error }: Outcome,
  upstream: Upstream | null,
): void {
  if (prompt === null || usage === null || error !== null || upstream === null) return;
  caches.record(prompt, upstream, usage);
}

function count(metrics: Metrics, entry: LedgerEntry, outcome: Outcome): void {
  const { decision } = entry.record;
  const model = outcome.servedModel ?? decision.model;
  metrics.requests.inc({ model, status: outcome.status });
  metrics.requestS.observe(outcome.totalMs / 1000);
  metrics.overheadS.observe(outcome.overheadMs / 1000);
  if (outcome.error !== null) metrics.errors.inc({ code: outcome.error });
  for (const attempt of outcome.attempts) {
    const provider = attempt.upstream.slice(0, attempt.upstream.indexOf('/'));
    metrics.attempts.inc({ provider, outcome: attempt.outcome });
    if (attempt.outcome === 'ok') metrics.upstreamFirstByteS.observe(attempt.ms / 1000);
  }
}

function countSaving(metrics: Metrics, { record }: LedgerEntry, { savedUsd }: Outcome): void {
  const { policy } = record.decision;
  if (policy !== null && savedUsd !== null && savedUsd > 0) {
    metrics.savedUsd.inc({ policy }, savedUsd);
  }
}

function countCharge(metrics: Metrics, { model, usage, costUsd }: Charge): void {
  countTokens(metrics, model, usage);
  if (costUsd === null) metrics.unpriced.inc({ model });
  else metrics.costUsd.inc({ model }, costUsd);
}

function countTokens(metrics: Metrics, model: string, usage: Usage): void {
  const count = (kind: string, tokens: number) => {
    if (tokens > 0) metrics.tokens.inc({ model, kind }, tokens);
  };
  count('input', usage.inputTokens);
  count('output', usage.outputTokens);
  count('cache_read', usage.cacheReadTokens);
  count('cache_write', usage.cacheWriteTokens);
  count('reasoning', usage.reasoningTokens);
}
