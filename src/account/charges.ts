import { usageCostUsd } from '../catalog/price.js';
import type { Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import { usageOrEstimate, type Bill, type BillingContext } from './bill.js';
import type { AttemptRecord, Charge } from './decision-log.js';

/** One attempt to get the answer, and how it ended. */
export interface EndedAttempt extends Omit<AttemptRecord, 'charge'> {
  /** A failed answer that the provider probably bills; absent if the attempt answered or cost nothing. */
  readonly wasted?: { readonly upstream: Upstream; readonly summary: AnswerSummary };
}

/** Adds to failed attempts what they probably cost. */
export function attemptsWithCharges(
  billed: BillingContext,
  attempts: readonly EndedAttempt[],
): readonly AttemptRecord[] {
  // For nearly all requests the first attempt answers.
  if (!attempts.some(({ wasted }) => wasted !== undefined)) return attempts;
  return attempts.map(({ upstream, outcome, ms, wasted }) => {
    const charge = wasted === undefined ? null : chargeFor(billed, wasted);
    return charge === null ? { upstream, outcome, ms } : { upstream, outcome, ms, charge };
  });
}

function chargeFor(
  billed: BillingContext,
  { upstream, summary }: NonNullable<EndedAttempt['wasted']>,
): Charge | null {
  const isReported = summary.usage !== null || (summary.input ?? null) !== null;
  if (!isReported && billed.estimateInputTokens === null) return null;
  const usage = { ...usageOrEstimate(billed, summary), estimated: true };
  return { model: upstream.modelId, usage, costUsd: usageCostUsd(upstream.price, usage) };
}

/** The charges of failed attempts. */
export function chargesOf(attempts: readonly AttemptRecord[]): readonly Charge[] {
  return attempts.flatMap(({ charge }) => charge ?? []);
}

/** The bill of a whole request: its answer, if there is one, and the charges of failed attempts. */
export function withCharges(answer: Bill, charges: readonly Charge[]): Bill {
  if (charges.length === 0) return answer;
  const wastedUsd = totalChargeUsd(charges);
  return {
    usage: answer.usage ?? charges.map(({ usage }) => usage).reduce(sumUsage),
    costUsd: knownSum([answer.costUsd, wastedUsd]),
    savedUsd: answer.savedUsd === null ? null : answer.savedUsd - (wastedUsd ?? 0),
  };
}

/** The sum of the charges in US dollars; `null` if no cost is known. */
export function totalChargeUsd(charges: readonly Charge[]): number | null {
  return knownSum(charges.map(({ costUsd }) => costUsd));
}

/** `null` if no amount is known. */
function knownSum(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((sum, usd) => (usd === null ? sum : (sum ?? 0) + usd), null);
}

function sumUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    estimated: true,
  };
}
