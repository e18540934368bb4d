import { usageCostUsd } from '../catalog/price.js';
import type { Price, Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import type { AnswerSummary } from '../dialects/dialect.js';

/** Usage and cost of an answer, for headers that are sent before the request is settled. */
export interface Bill {
  readonly usage: Usage | null;
  readonly costUsd: number | null;
  readonly savedUsd: number | null;
}

/** The part of a request that its bill depends on. */
export interface BillingContext {
  /** Estimates the input tokens, called only if the upstream reports none; `null` if there is no estimate. */
  readonly estimateInputTokens: (() => number) | null;
  /** Price of the reference model that savings are measured against; `null` when there is none. */
  readonly referencePrice: Price | null;
}

const CHARS_PER_TOKEN = 4;

/** Computes what an answer cost and saved. */
export function billFor(billed: BillingContext, upstream: Upstream, summary: AnswerSummary): Bill {
  const usage = usageOrEstimate(billed, summary);
  const costUsd = usageCostUsd(upstream.price, usage);
  const referenceUsd =
    billed.referencePrice === null ? null : usageCostUsd(billed.referencePrice, usage);
  return {
    usage,
    costUsd,
    savedUsd: costUsd === null || referenceUsd === null ? null : referenceUsd - costUsd,
  };
}

/** The usage that the upstream reported, with estimates for what it did not report. */
export function usageOrEstimate(
  { estimateInputTokens }: BillingContext,
  { usage, input = null, outputChars }: AnswerSummary,
): Usage {
  // An answer that broke off may have reported its input at its start; its output is not known.
  const reported = usage ?? (input === null ? UNREPORTED : { ...input, outputTokens: 0 });
  // Servers that do not count report 0. Every request has input, and what was written was paid for.
  const inputTokens = reported.inputTokens || Math.round(estimateInputTokens?.() ?? 0);
  const outputTokens = reported.outputTokens || Math.ceil(outputChars / CHARS_PER_TOKEN);
  const isReported = inputTokens === reported.inputTokens && outputTokens === reported.outputTokens;
  return isReported ? reported : { ...reported, inputTokens, outputTokens, estimated: true };
}

const UNREPORTED: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimated: true,
};
