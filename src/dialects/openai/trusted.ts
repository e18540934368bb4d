import type { Usage } from '../../core/usage.js';
import type { AnswerRules } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { objectOrEmpty, objectsIn } from '../json.js';
import type { SseEvent } from '../sse.js';
import { writtenChars } from './content.js';
import type { Outbox } from './outbox.js';
import { passFrame } from './pass-frame.js';
import type { UsageReading } from './usage.js';
import { readUsage } from './usage.js';

/** Passes on chunks of a provider that keeps OpenAI's rules; only usage may have to be hidden. */
export class TrustedChunks {
  readonly #includeUsage: boolean;
  readonly #finishes = new Map<number, string | null>();
  #usage: UsageReading | null = null;
  /** Usage that came together with a choice, still to be sent in a chunk of its own. */
  #unsent: JsonObject | null = null;
  outputChars = 0;

  constructor(rules: AnswerRules) {
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

  /** Puts what the client should get of the chunk into `out`. */
  pass(chunk: JsonObject, event: SseEvent, out: Outbox): void {
    // Something else than a chunk: the client could do nothing with it.
    if (!Array.isArray(chunk['choices'])) return;
    const choices = objectsIn(chunk['choices']);
    for (const choice of choices) this.#note(choice);
    const told = chunk['usage'];
    if (told !== undefined && told !== null) {
      this.#usage = readUsage(told) ?? this.#usage;
      if (choices.length === 0 && !this.#includeUsage) return;
      if (choices.length > 0) {
        this.#unsent = { ...chunk, choices: [] };
        delete chunk['usage'];
        out.addData(JSON.stringify(chunk));
        return;
      }
      this.#unsent = null;
    }
    passFrame(chunk, event, out, this.#includeUsage);
  }

  /** What has to be sent before `[DONE]`: usage that had come with a choice. */
  finish(): readonly JsonObject[] {
    return this.#includeUsage && this.#unsent !== null ? [this.#unsent] : [];
  }

  #note(choice: JsonObject): void {
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0;
    const finish = choice['finish_reason'];
    const known = this.#finishes.get(index) ?? null;
    this.#finishes.set(index, typeof finish === 'string' && finish !== '' ? finish : known);
    this.outputChars += writtenChars(objectOrEmpty(choice['delta']));
  }
}
