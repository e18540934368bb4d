import { usageCostUsd } from '../catalog/price.js';
import type { Price, Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import type { AnswerSummary } from '../dialects/dialect.js';

/** Price and usage of an answer, for headers that are sent before the books are closed. */
export interface Bill {
  readonly usage: Usage | null;
  readonly costUsd: number | null;
  readonly savedUsd: number | null;
}

/** What a bill needs of the request. */
export interface Billed {
  /** Input tokens to assume where the upstream tells none; asked only then. `null` where nobody can say. */
  readonly estimateInputTokens: (() => number) | null;
  /** Price of the model that savings are measured against; `null` when there is none. */
  readonly referencePrice: Price | null;
}

const CHARS_PER_TOKEN = 4;

/** What an answer cost and saved. */
export function billFor(billed: Billed, upstream: Upstream, summary: AnswerSummary): Bill {
  const usage = usageOf(billed, summary);
  const costUsd = usageCostUsd(upstream.price, usage);
  const referenceUsd =
    billed.referencePrice === null ? null : usageCostUsd(billed.referencePrice, usage);
  return {
    usage,
    costUsd,
    savedUsd: costUsd === null || referenceUsd === null ? null : referenceUsd - costUsd,
  };
}

/** The usage that was told, with an estimate for what was not. */
export function usageOf(
  { estimateInputTokens }: Billed,
  { usage, input = null, outputChars }: AnswerSummary,
): Usage {
  // Of an answer that broke off, what was told ahead of it counts; what was written since, nobody has told.
  const told = usage ?? (input === null ? UNTOLD : { ...input, outputTokens: 0 });
  // Servers that do not count say 0. There is no request without input, and what was written was paid for.
  const inputTokens = told.inputTokens || Math.round(estimateInputTokens?.() ?? 0);
  const outputTokens = told.outputTokens || Math.ceil(outputChars / CHARS_PER_TOKEN);
  const isTold = inputTokens === told.inputTokens && outputTokens === told.outputTokens;
  return isTold ? told : { ...told, inputTokens, outputTokens, estimated: true };
}

const UNTOLD: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimated: true,
};
