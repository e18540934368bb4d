import type { AnswerLog } from '../cache/answer-log.js';
import type { PurgeFilter } from '../cache/purge-history.js';
import { estimatedBytes, type CachedAnswer } from '../cache/cached-answer.js';
import type { CacheSettings } from '../cache/settings.js';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import { shareInterval } from '../cache/semantic/beta.js';
import type { SemanticCounts } from '../cache/semantic/semantic-cache.js';
import type { ServedAnswer } from './served-answers.js';
import type { SemanticTotals } from './semantic-tally.js';
import type { RecallParts } from './types.js';
import type { CacheCounts } from './cache-tally.js';

/** What a purge removed, or would remove. */
export interface PurgeResult {
  readonly answers: number;
  readonly bytes: number;
  /** The latest of them, newest first. */
  readonly latest: readonly PurgedAnswer[];
}

/** A purged answer as it is reported: never its text. */
export interface PurgedAnswer {
  /** Id of the decision that produced it. */
  readonly id: string;
  readonly model: string;
  readonly tenant: string | null;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly ageS: number;
  readonly bytes: number;
}

/** Cache statistics since the start. */
export interface CacheStats extends CacheCounts {
  readonly answers: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly kept: number;
  readonly evicted: number;
  readonly expired: number;
  readonly purged: number;
  /** File that answers are persisted to; `null` if there is none. */
  readonly file: string | null;
  /** `null` if semantic caching is off. */
  readonly semanticStats: SemanticStats | null;
}

/** Statistics of semantic caching since the start. */
export interface SemanticStats extends SemanticCounts, SemanticTotals {
  /** Share of rechecked answers found wrong, with its 95 % confidence interval; `null` before the first recheck. */
  readonly measuredError: {
    readonly error: number;
    readonly low: number;
    readonly high: number;
  } | null;
  /** US dollars spent on rechecks. */
  readonly spentUsd: number;
}

/** What a client's feedback on an answer did. */
export interface FeedbackEffect {
  /** Number of answers evicted from this process. */
  readonly evicted: number;
  /** The answer was reported as bad: processes that share it drop it, too. */
  readonly isDropped: boolean;
  /** The answer came from the cache: no model was chosen, so none can be blamed. */
  readonly wasCached: boolean;
}

const MAX_SHOWN = 20;
const CONFIDENCE = 0.95;

/** Cache administration: statistics, feedback and purges. */
export class CacheAdmin {
  readonly #parts: RecallParts;
  readonly #log: AnswerLog | null;

  constructor(parts: RecallParts, log: AnswerLog | null) {
    this.#parts = parts;
    this.#log = log;
  }

  stats(): CacheStats {
    const { cache, tally } = this.#parts;
    const { size, bytes, maxBytes, counts } = cache.store;
    return {
      answers: size,
      bytes,
      maxBytes,
      ...counts,
      ...tally.counts,
      file: this.#log?.file ?? null,
      semanticStats: this.#semanticStats(),
    };
  }

  /**
   * Applies a client's feedback on an answer: a bad one is evicted here and in all processes that share
   * answers, and so are answers to questions with the same meaning.
   *
   * If it has been replaced by another answer meanwhile, that one stays.
   *
   * @returns `null` for a decision that is not the caller's, or did not involve the cache
   */
  applyFeedback(decisionId: string, caller: string, isGood: boolean): FeedbackEffect | null {
    const { servedAnswers, cache, semantic, tally } = this.#parts;
    const answer = servedAnswers.get(decisionId);
    if (answer?.caller !== caller) return null;
    const { key, source, prediction, isFresh } = answer;
    if (prediction !== null) semantic?.cache.recordResult(prediction, source, isGood);
    const wasCached = !isFresh;
    if (isGood) return { evicted: 0, wasCached, isDropped: false };
    // Even if it is gone from here: other processes may have it.
    const evicted = cache.store.drop([{ key, source }, ...this.#similarTo(answer)]);
    tally.updateGauges();
    return { evicted: evicted.length, wasCached, isDropped: true };
  }

  #similarTo({ key, source, question }: ServedAnswer): readonly CachedAnswer[] {
    const { cache, semantic } = this.#parts;
    const answer = cache.store.peek(key);
    const isReplaced = answer !== undefined && answer.source !== source;
    if (semantic === null || isReplaced) return [];
    const questions = [question, answer?.question ?? null].filter((one) => one !== null);
    return semantic.cache.similarAnswers(questions, key);
  }

  #semanticStats(): SemanticStats | null {
    const { semantic } = this.#parts;
    if (semantic === null) return null;
    const { counts } = semantic.tally;
    const { right, wrong } = counts.rechecks;
    const checked = right + wrong;
    const measured =
      checked === 0
        ? null
        : { error: wrong / checked, ...shareInterval(wrong, checked, CONFIDENCE) };
    return {
      ...semantic.cache.counts,
      ...counts,
      measuredError: measured,
      spentUsd: semantic.budget.spentUsd,
    };
  }

  /**
   * Removes answers from memory at once, and from the file and from Redis before it resolves.
   *
   * @param dryRun - only reports what would be removed
   * @throws {GatewayError} `not_saved` if they are removed from memory, but could not be removed from
   *   the file, so that a restart would bring them back, or from Redis
   */
  async purge(filter: PurgeFilter, dryRun: boolean): Promise<PurgeResult> {
    const { cache, books, tally, shared } = this.#parts;
    if (dryRun) return purgedOf(cache.store.matching(filter), books.clock);
    const purged = purgedOf(cache.store.purge(filter), books.clock);
    tally.updateGauges();
    const file = this.#log?.file ?? 'the file';
    // Both are tried: a failure of one must not prevent the other.
    const [saved, published] = await Promise.allSettled([this.#log?.save(), shared?.purge(filter)]);
    if (saved.status === 'rejected') {
      const message = `Purged from memory, but not from ${file}, which cannot be written; the file is purged as soon as it can be written again.`;
      throw new GatewayError('not_saved', message, { cause: saved.reason });
    }
    if (published.status === 'rejected') {
      const message =
        'Purged here, but not from Redis and the other gateways, because Redis is unavailable or full; they are purged as soon as it is available again.';
      throw new GatewayError('not_saved', message, { cause: published.reason });
    }
    return purged;
  }
}

/**
 * Whose answers a caller may purge: its own, unless it may purge all.
 *
 * @param settings - those of a disabled cache, too: answers from before are still stored
 * @returns a tenant, or `undefined` for all tenants
 */
export function purgeScope(
  { callers }: Pick<CacheSettings, 'callers'>,
  caller: string,
): string | undefined {
  // Without keys there is only one tenant.
  if (Object.keys(callers).length === 0) return undefined;
  const own = Object.hasOwn(callers, caller) ? callers[caller] : undefined;
  return own?.purges === 'all' ? undefined : caller;
}

function purgedOf(answers: readonly CachedAnswer[], clock: Clock): PurgeResult {
  const latest = answers.toSorted((a, b) => b.storedAtMs - a.storedAtMs).slice(0, MAX_SHOWN);
  return {
    answers: answers.length,
    bytes: answers.reduce((sum, answer) => sum + estimatedBytes(answer), 0),
    latest: latest.map((answer) => ({
      id: answer.source,
      model: answer.model,
      tenant: answer.tenant,
      namespace: answer.namespace,
      tags: answer.tags,
      ageS: Math.max(0, clock.wallMs() - answer.storedAtMs) / 1_000,
      bytes: estimatedBytes(answer),
    })),
  };
}
