import type { Usage } from '../../core/usage.js';
import type { AnswerSummary } from '../dialect.js';
import type { AnswerLosses } from './answer-losses.js';
import { isCounted } from './counted.js';
import { writtenChars, type AnswerEvent } from './event.js';
import type { Loss } from './losses.js';

/** Learns of an answer what its accounts need, event by event. */
export class Summary implements AnswerSummary {
  usage: AnswerSummary['usage'] = null;
  input: AnswerSummary['usage'] = null;
  finishReason: string | null = null;
  outputChars = 0;
  readonly #losses: AnswerLosses | null;

  /** @param losses - `null` where the client gets all that was said */
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

/** What no count can be is not told: it would be paid for. */
function countedOrNull(usage: Usage | null | undefined): Usage | null {
  return usage != null && isCounted(usage) ? usage : null;
}

/** What the accounts need of a whole answer. @param losses - `null` where the client gets all that was said */
export function summarize(
  events: readonly AnswerEvent[],
  losses: AnswerLosses | null = null,
): AnswerSummary {
  const summary = new Summary(losses);
  for (const event of events) summary.add(event);
  return summary;
}
