import type { Usage } from '../../core/usage.js';
import type { AnswerOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { objectOrEmpty, objectsIn } from '../json.js';
import type { SseEvent } from '../sse.js';
import { writtenChars } from './content.js';
import type { OutputBuffer } from './output-buffer.js';
import { forwardFrame } from './forward-frame.js';
import type { UsageReading } from './usage.js';
import { readUsage } from './usage.js';

/** Forwards the chunks of a provider that follows OpenAI's rules; only usage may have to be removed. */
export class TrustedChunks {
  readonly #includeUsage: boolean;
  readonly #finishes = new Map<number, string | null>();
  #usage: UsageReading | null = null;
  /** Usage that arrived together with a choice, to be sent in a chunk of its own. */
  #unsent: JsonObject | null = null;
  outputChars = 0;

  constructor(rules: AnswerOptions) {
    this.#includeUsage = rules.includeUsage;
  }

  get usage(): Usage | null {
    return this.#usage?.usage ?? null;
  }

  get finishReason(): string | null {
    return this.#finishes.get(0) ?? null;
  }

  /** At least one choice began, and all that began have their `finish_reason`. */
  get isComplete(): boolean {
    return this.#finishes.size > 0 && [...this.#finishes.values()].every((f) => f !== null);
  }

  /** Adds what the client gets of a chunk to `out`. */
  pass(chunk: JsonObject, event: SseEvent, out: OutputBuffer): void {
    // Not a chunk; the client could not use it.
    if (!Array.isArray(chunk['choices'])) return;
    const choices = objectsIn(chunk['choices']);
    for (const choice of choices) this.#track(choice);
    const usage = chunk['usage'];
    if (usage !== undefined && usage !== null) {
      this.#usage = readUsage(usage) ?? this.#usage;
      if (choices.length === 0 && !this.#includeUsage) return;
      if (choices.length > 0) {
        this.#unsent = { ...chunk, choices: [] };
        delete chunk['usage'];
        out.addData(JSON.stringify(chunk));
        return;
      }
      this.#unsent = null;
    }
    forwardFrame(chunk, event, out, this.#includeUsage);
  }

  /** What has to be sent before `[DONE]`: usage that arrived together with a choice. */
  finish(): readonly JsonObject[] {
    return this.#includeUsage && this.#unsent !== null ? [this.#unsent] : [];
  }

  #track(choice: JsonObject): void {
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0;
    const finish = choice['finish_reason'];
    const known = this.#finishes.get(index) ?? null;
    this.#finishes.set(index, typeof finish === 'string' && finish !== '' ? finish : known);
    this.outputChars += writtenChars(objectOrEmpty(choice['delta']));
  }
}
