import type { AnswerSummary } from '../dialect.js';
import { writtenChars, type AnswerEvent } from './event.js';

/** Learns of an answer what its accounts need, event by event. */
export class Summary implements AnswerSummary {
  usage: AnswerSummary['usage'] = null;
  finishReason: string | null = null;
  outputChars = 0;

  add(event: AnswerEvent): void {
    this.outputChars += writtenChars(event);
    if (event.kind === 'usage') this.usage = event.usage;
    else if (event.kind === 'finish' && event.choice === 0) this.finishReason = event.reason;
  }
}

/** What the accounts need of a whole answer. */
export function summarize(events: readonly AnswerEvent[]): AnswerSummary {
  const summary = new Summary();
  for (const event of events) summary.add(event);
  return summary;
}
