import type { Usage } from '../../core/usage.js';
import type { AnswerSummary } from '../dialect.js';
import type { AnswerLosses } from './answer-losses.js';
import { isValidUsage } from './valid-usage.js';
import { writtenChars, type AnswerEvent } from './event.js';
import type { Loss } from './losses.js';

/** Collects from an answer's events what accounting needs. */
export class AnswerSummarizer implements AnswerSummary {
  usage: AnswerSummary['usage'] = null;
  input: AnswerSummary['usage'] = null;
  finishReason: string | null = null;
  outputChars = 0;
  readonly #losses: AnswerLosses | null;

  /** @param losses - `null` if the client gets everything */
  constructor(losses: AnswerLosses | null) {
    this.#losses = losses;
  }

  get lost(): readonly Loss[] {
    return this.#losses?.list ?? [];
  }

  add(event: AnswerEvent): void {
    this.outputChars += writtenChars(event);
    this.#losses?.add(event);
    if (event.kind === 'usage') this.usage = countedOrNull(event.usage);
    else if (event.kind === 'start') this.input = countedOrNull(event.input);
    else if (event.kind === 'finish' && event.choice === 0) this.finishReason = event.reason;
  }
}

/** An implausible usage is discarded: it would be charged. */
function countedOrNull(usage: Usage | null | undefined): Usage | null {
  return usage != null && isValidUsage(usage) ? usage : null;
}

/** What accounting needs to know about a whole answer. @param losses - `null` if the client gets everything */
export function summarize(
  events: readonly AnswerEvent[],
  losses: AnswerLosses | null = null,
): AnswerSummary {
  const summary = new AnswerSummarizer(losses);
  for (const event of events) summary.add(event);
  return summary;
}
