import type { Clock } from '../core/clock.js';
import type { Speed } from '../core/model.js';

/** Answers seen before a measured speed is believed over the catalog's. */
const MIN_ANSWERS = 5;
/** As many count at most. */
const MOST_ANSWERS = 20;
/** Weight of the newest answer in the running means: about the last twenty count. */
const NEWEST = 0.1;
/** Shorter answers come in a piece or two, and tell nothing of how fast tokens follow each other. */
const LEAST_TOKENS = 32;
/** Answers count for half after this time, so that a measured speed is believed for two hours without a new one. */
const HALF_LIFE_MS = 3_600_000;

/** Running means over the answers of a model. */
interface Seen {
  /** Answers in all. */
  count: number;
  /** Answers, the older ones for less, when the last one came. */
  answers: number;
  /** `Clock.now()` then. */
  atMs: number;
  firstTokenMs: number;
  /** Output tokens of an answer, and the milliseconds that they took after the first byte. */
  tokens: number;
  streamedMs: number;
  /** The best that was believed so far, each figure by itself; `null` for nothing yet. */
  best: Speed | null;
}

/**
 * How fast models really answer, learnt from the answers that passed.
 *
 * A model that was slow once is not asked where speed counts, so nothing would ever tell that it is not slow any more: what is
 * old is not believed, and the model counts as fast as it can be until it is measured again.
 */
export class SpeedMeter {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /**
   * Learns from one streamed answer; a whole answer tells nothing of its first token, and neither does a short one of the others.
   *
   * @param firstTokenMs - from sending the request to the place that answered, to the first byte of the answer
   * @param tokens - of the answer
   * @param streamedMs - from the first byte to the last
   */
  add(model: string, firstTokenMs: number, tokens: number, streamedMs: number): void {
    if (tokens < LEAST_TOKENS) return;
    const atMs = this.#clock.now();
    const known = this.#seen.get(model);
    if (known === undefined) {
      const first = { atMs, firstTokenMs, tokens, streamedMs };
      this.#seen.set(model, { count: 1, answers: 1, ...first, best: null });
      return;
    }
    known.count += 1;
    known.answers = Math.min(MOST_ANSWERS, this.#answersOf(known) + 1);
    known.atMs = atMs;
    const weight = Math.max(NEWEST, 1 / known.answers);
    known.firstTokenMs += weight * (firstTokenMs - known.firstTokenMs);
    known.tokens += weight * (tokens - known.tokens);
    known.streamedMs += weight * (streamedMs - known.streamedMs);
    if (isBelieved(known.answers)) known.best = faster(meanOf(known), known.best);
  }

  /**
   * How fast a model is, as far as anybody knows.
   *
   * @param published - what others say of it; counts until enough answers were seen lately
   * @returns as measured; without enough answers of late the best of what was published and measured; without either
   *   as all answers were, the old ones as well; `null` where there were too few of them
   */
  speedOf(model: string, published: Speed | null): Speed | null {
    const known = this.#seen.get(model);
    if (known === undefined) return published;
    if (isBelieved(this.#answersOf(known))) return meanOf(known);
    // A model that is asked once in an hour has a speed as well.
    return faster(published, known.best) ?? (isBelieved(known.count) ? meanOf(known) : null);
  }

  /** Answers, the older ones for less, now. */
  #answersOf({ answers, atMs }: Seen): number {
    return answers * 2 ** ((atMs - this.#clock.now()) / HALF_LIFE_MS);
  }
}

function isBelieved(answers: number): boolean {
  return Math.round(answers) >= MIN_ANSWERS;
}

function meanOf({ firstTokenMs, tokens, streamedMs }: Seen): Speed {
  // Of means, not a mean of rates: an answer that came in one piece would outweigh all others.
  return { firstTokenMs, tokensPerS: (tokens * 1000) / Math.max(1, streamedMs) };
}

function faster(a: Speed | null, b: Speed | null): Speed | null {
  if (a === null || b === null) return a ?? b;
  return {
    firstTokenMs: Math.min(a.firstTokenMs, b.firstTokenMs),
    tokensPerS: Math.max(a.tokensPerS, b.tokensPerS),
  };
}
