import type { ModelRequest, MaxRates } from './gateway-client.js';
import type { Journal } from './journal.js';
import { judgeRequest } from './judge.js';
import type { Judge } from './judge.js';
import type { LiveOptions } from './options.js';
import type { LivePrompt } from './prompts.js';

/** Ordinary text has about four characters per token; three leave room for code and other languages. */
const MIN_CHARS_PER_TOKEN = 3;
const TOKENS_PER_RATE = 1_000_000;

/** An upper bound on a call's cost in US dollars: its maximum number of tokens at the highest rates. */
export function maxCostUsd(request: ModelRequest, rates: MaxRates): number {
  const text = JSON.stringify(request.messages) + JSON.stringify(request.tools ?? []);
  const beyondAscii = text.replace(/[ -~]/gu, '').length;
  const inTokens = (text.length - beyondAscii) / MIN_CHARS_PER_TOKEN + beyondAscii;
  return (inTokens * rates.input + request.maxTokens * rates.output) / TOKENS_PER_RATE;
}

/** A placeholder text with this many tokens, where only the length matters. */
function textOfTokens(tokens: number): string {
  return 'x'.repeat(tokens * MIN_CHARS_PER_TOKEN);
}

/** Inputs to `maxRemainingCostUsd`. */
export interface CostInputs {
  readonly judge: Judge | null;
  readonly rates: ReadonlyMap<string, MaxRates>;
  readonly journal: Journal;
}

/** An upper bound on what the remaining calls can cost in US dollars, regardless of the budget. Calls in the journal are already paid for. */
export function maxRemainingCostUsd(
  prompts: readonly LivePrompt[],
  { models, maxTokens }: Pick<LiveOptions, 'models' | 'maxTokens'>,
  { judge, rates, journal }: CostInputs,
): number {
  const usd = (model: string, request: Parameters<typeof maxCostUsd>[0]): number => {
    const known = rates.get(model);
    return known === undefined ? 0 : maxCostUsd(request, known);
  };
  const longest = textOfTokens(maxTokens);
  let sum = 0;
  for (const prompt of prompts) {
    const { messages, tools, hash, grader } = prompt;
    for (const model of models) {
      if (journal.answer(hash, model) === null && !journal.isTruncatedAt(hash, model, maxTokens))
        sum += usd(model, { model, messages, tools, maxTokens });
      if (grader !== 'judge' || judge === null) continue;
      const comparison = { prompt, candidate: longest, reference: longest, isFirst: true };
      sum += 2 * usd(judge.model, judgeRequest(judge, comparison));
    }
  }
  return sum;
}
