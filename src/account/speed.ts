import type { Speed } from '../core/model.js';

/** Answers seen before a measured speed is believed over the catalog's. */
const MIN_ANSWERS = 5;
/** Weight of the newest answer in the running means: about the last twenty count. */
const NEWEST = 0.1;
/** Shorter answers come in a piece or two, and tell nothing of how fast tokens follow each other. */
const LEAST_TOKENS = 32;

/** Running means over the answers of a model. */
interface Seen {
  answers: number;
  firstTokenMs: number;
  /** Output tokens of an answer, and the milliseconds that they took after the first byte. */
  tokens: number;
  streamedMs: number;
}

/** How fast models really answer, learnt from the answers that passed. */
export class SpeedMeter {
  readonly #seen = new Map<string, Seen>();

  /**
   * Learns from one streamed answer; a whole answer tells nothing of its first token, and neither does a short one of the others.
   *
   * @param firstTokenMs - from sending the request to the place that answered, to the first byte of the answer
   * @param tokens - of the answer
   * @param streamedMs - from the first byte to the last
   */
  add(model: string, firstTokenMs: number, tokens: number, streamedMs: number): void {
    if (tokens < LEAST_TOKENS) return;
    const known = this.#seen.get(model);
    if (known === undefined) {
      this.#seen.set(model, { answers: 1, firstTokenMs, tokens, streamedMs });
      return;
    }
    known.answers += 1;
    const weight = Math.max(NEWEST, 1 / known.answers);
    known.firstTokenMs += weight * (firstTokenMs - known.firstTokenMs);
    known.tokens += weight * (tokens - known.tokens);
    known.streamedMs += weight * (streamedMs - known.streamedMs);
  }

  /** @returns `null` until enough answers of the model were seen */
  speedOf(model: string): Speed | null {
    const known = this.#seen.get(model);
    if (known === undefined || known.answers < MIN_ANSWERS) return null;
    const { firstTokenMs, tokens, streamedMs } = known;
    // Of means, not a mean of rates: an answer that came in one piece would outweigh all others.
    return { firstTokenMs, tokensPerS: (tokens * 1000) / Math.max(1, streamedMs) };
  }
}
