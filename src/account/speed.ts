import type { Speed } from '../core/model.js';

/** Answers seen before a measured speed is believed over the catalog's. */
const MIN_ANSWERS = 5;
/** Weight of the newest answer in the running mean: about the last twenty count. */
const NEWEST = 0.1;

/** How fast models really answer, learnt from the answers that passed. */
export class SpeedMeter {
  readonly #seen = new Map<string, { answers: number; firstTokenMs: number; tokensPerS: number }>();

  /**
   * Learns from one streamed answer; a whole answer tells nothing of its first token.
   *
   * @param firstTokenMs - from sending the request to the first byte of the answer
   * @param tokensPerS - output tokens after the first byte, by the time they took
   */
  add(model: string, firstTokenMs: number, tokensPerS: number): void {
    if (!Number.isFinite(tokensPerS) || tokensPerS <= 0) return;
    const known = this.#seen.get(model);
    if (known === undefined) {
      this.#seen.set(model, { answers: 1, firstTokenMs, tokensPerS });
      return;
    }
    known.answers += 1;
    const weight = Math.max(NEWEST, 1 / known.answers);
    known.firstTokenMs += weight * (firstTokenMs - known.firstTokenMs);
    known.tokensPerS += weight * (tokensPerS - known.tokensPerS);
  }

  /** @returns `null` until enough answers of the model were seen */
  speedOf(model: string): Speed | null {
    const known = this.#seen.get(model);
    return known === undefined || known.answers < MIN_ANSWERS ? null : known;
  }
}
