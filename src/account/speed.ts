import type { Clock } from '../core/clock.js';
import type { Speed } from '../core/model.js';

/** Answers needed before a measured speed is preferred to the catalog's. */
const MIN_ANSWERS = 5;
/** Upper bound of the decayed count of answers. */
const MAX_ANSWERS = 20;
/** Weight of the newest answer in the running means: about the last twenty count. */
const NEWEST_WEIGHT = 0.1;
/** Shorter answers arrive in a chunk or two, which says nothing about the speed of generation. */
const MIN_TOKENS = 32;
/** Half-life of an answer's weight: a measured speed stays valid for two hours without a new answer. */
const HALF_LIFE_MS = 3_600_000;

/** Running means over the answers of a model. */
interface Seen {
  /** All answers. */
  count: number;
  /** Decayed count of answers at the time of the last one. */
  answers: number;
  /** `Clock.now()` at the last answer. */
  atMs: number;
  firstTokenMs: number;
  /** Output tokens of an answer, and the milliseconds they took after the first byte. */
  tokens: number;
  streamedMs: number;
  /** The best speed measured reliably so far, each figure by itself; `null` if there is none yet. */
  best: Speed | null;
}

/**
 * Learns from the answers served how fast models really are.
 *
 * A model that was slow once is not chosen where speed counts, so it would never be found to have recovered: old measurements
 * expire, and the model then counts as fast as it ever was until it is measured again.
 */
export class SpeedTracker {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /**
   * Learns from one streamed answer. Whole answers do not show when the first token came, and short ones not how fast the rest did.
   *
   * @param firstTokenMs - from sending the request to the place that answered to the first byte of the answer
   * @param tokens - output tokens of the answer
   * @param streamedMs - from the first byte to the last
   */
  record(model: string, firstTokenMs: number, tokens: number, streamedMs: number): void {
    if (tokens < MIN_TOKENS) return;
    const atMs = this.#clock.now();
    const known = this.#seen.get(model);
    if (known === undefined) {
      const first = { atMs, firstTokenMs, tokens, streamedMs };
      this.#seen.set(model, { count: 1, answers: 1, ...first, best: null });
      return;
    }
    known.count += 1;
    known.answers = Math.min(MAX_ANSWERS, this.#decayedAnswers(known) + 1);
    known.atMs = atMs;
    const weight = Math.max(NEWEST_WEIGHT, 1 / known.answers);
    known.firstTokenMs += weight * (firstTokenMs - known.firstTokenMs);
    known.tokens += weight * (tokens - known.tokens);
    known.streamedMs += weight * (streamedMs - known.streamedMs);
    if (isReliable(known.answers)) known.best = faster(meanOf(known), known.best);
  }

  /**
   * The best estimate of a model's speed.
   *
   * @param published - the published speed; used until there are enough recent answers
   * @returns the measured speed; without enough recent answers the best of what was published and measured; without
   *   either the mean of all answers, old ones included; `null` if there were too few
   */
  speedOf(model: string, published: Speed | null): Speed | null {
    const known = this.#seen.get(model);
    if (known === undefined) return published;
    if (isReliable(this.#decayedAnswers(known))) return meanOf(known);
    // A model that is used once an hour has a speed as well.
    return faster(published, known.best) ?? (isReliable(known.count) ? meanOf(known) : null);
  }

  /** The decayed count of answers as of now. */
  #decayedAnswers({ answers, atMs }: Seen): number {
    return answers * 2 ** ((atMs - this.#clock.now()) / HALF_LIFE_MS);
  }
}

function isReliable(answers: number): boolean {
  return Math.round(answers) >= MIN_ANSWERS;
}

function meanOf({ firstTokenMs, tokens, streamedMs }: Seen): Speed {
  // A ratio of means, not a mean of rates: an answer that came in one chunk would outweigh all others.
  return { firstTokenMs, tokensPerS: (tokens * 1000) / Math.max(1, streamedMs) };
}

function faster(a: Speed | null, b: Speed | null): Speed | null {
  if (a === null || b === null) return a ?? b;
  return {
    firstTokenMs: Math.min(a.firstTokenMs, b.firstTokenMs),
    tokensPerS: Math.max(a.tokensPerS, b.tokensPerS),
  };
}
