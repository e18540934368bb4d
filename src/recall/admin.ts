import type { AnswerLog } from '../cache/answer-log.js';
import type { PurgeFilter } from '../cache/past-purges.js';
import { bytesOf, type KeptAnswer } from '../cache/kept-answer.js';
import type { CacheSettings } from '../cache/settings.js';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import { shareInterval } from '../cache/semantic/beta.js';
import type { AlikeCounts } from '../cache/semantic/alike.js';
import type { GivenAnswer } from './given.js';
import type { AlikeTallied } from './alike-tally.js';
import type { RecallParts } from './landing.js';
import type { CacheCounts } from './tally.js';

/** What a purge removed, or would remove. */
export interface Purged {
  readonly answers: number;
  readonly bytes: number;
  /** Some of them, the latest first. */
  readonly some: readonly PurgedAnswer[];
}

/** An answer as a purge shows it: never its words. */
export interface PurgedAnswer {
  /** The decision whose answer it is. */
  readonly id: string;
  readonly model: string;
  readonly tenant: string | null;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly ageS: number;
  readonly bytes: number;
}

/** How the cache does. */
export interface CacheStats extends CacheCounts {
  readonly answers: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly kept: number;
  readonly evicted: number;
  readonly expired: number;
  readonly purged: number;
  /** Where answers outlast a restart; `null` for nowhere. */
  readonly file: string | null;
  /** `null` where questions are not compared. */
  readonly alike: AlikeStats | null;
}

/** How answers to questions in other words do. */
export interface AlikeStats extends AlikeCounts, AlikeTallied {
  /** Share of answers found wrong among those asked for again, and where it lies with 95 %; `null` for none. */
  readonly measured: { readonly error: number; readonly low: number; readonly high: number } | null;
  /** US dollars spent on asking again. */
  readonly spentUsd: number;
}

/** What a client's word on an answer did. */
export interface Heard {
  /** Answers that were here and will not be given again. */
  readonly evicted: number;
  /** It was bad: whoever still has it gives it no more. */
  readonly isForgotten: boolean;
  /** The answer had been given again: no model was chosen, and none can be blamed. */
  readonly wasRecalled: boolean;
}

const MOST_SHOWN = 20;
const CONFIDENCE = 0.95;

/** What operators ask of the cache. */
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
      alike: this.#alike(),
    };
  }

  /**
   * Takes in what a client says of an answer: one that was bad is not given again, here or by those that
   * share answers, nor are those to questions that mean the same.
   *
   * Where another answer has taken its place meanwhile, that one stays.
   *
   * @returns `null` for a decision that is not the caller's, or had nothing to do with the cache
   */
  hear(decisionId: string, caller: string, isGood: boolean): Heard | null {
    const { given, cache, alike, tally } = this.#parts;
    const answer = given.get(decisionId);
    if (answer?.caller !== caller) return null;
    const { key, source, claim, isFresh } = answer;
    if (claim !== null) alike?.answers.saw(claim, source, isGood);
    const wasRecalled = !isFresh;
    if (isGood) return { evicted: 0, wasRecalled, isForgotten: false };
    // Also where it is gone from here: others may have it.
    const evicted = cache.store.drop([{ key, source }, ...this.#kinOf(answer)]);
    tally.levels();
    return { evicted: evicted.length, wasRecalled, isForgotten: true };
  }

  #kinOf({ key, source, question }: GivenAnswer): readonly KeptAnswer[] {
    const { cache, alike } = this.#parts;
    const kept = cache.store.peek(key);
    const isReplaced = kept !== undefined && kept.source !== source;
    if (alike === null || isReplaced) return [];
    const questions = [question, kept?.question ?? null].filter((one) => one !== null);
    return alike.answers.kinOf(questions, key);
  }

  #alike(): AlikeStats | null {
    const { alike } = this.#parts;
    if (alike === null) return null;
    const { counts } = alike.tally;
    const { right, wrong } = counts.rechecks;
    const seen = right + wrong;
    const measured =
      seen === 0 ? null : { error: wrong / seen, ...shareInterval(wrong, seen, CONFIDENCE) };
    return { ...alike.answers.counts, ...counts, measured, spentUsd: alike.purse.spentUsd };
  }

  /**
   * Removes answers, from memory at once and from the file before it resolves.
   *
   * @param dryRun - only tells what would be removed
   * @throws {GatewayError} `not_saved` if they are gone from memory, but cannot be taken out of
   *   the file, so that a restart would bring them back, or out of Redis
   */
  async purge(filter: PurgeFilter, dryRun: boolean): Promise<Purged> {
    const { cache, books, tally, shared } = this.#parts;
    if (dryRun) return shown(cache.store.matching(filter), books.clock);
    const purged = shown(cache.store.purge(filter), books.clock);
    tally.levels();
    const file = this.#log?.file ?? 'the file';
    // Both are tried: that one fails must not keep the other from being done.
    const [saved, told] = await Promise.allSettled([this.#log?.save(), shared?.purge(filter)]);
    if (saved.status === 'rejected') {
      const message = `purged from memory, but not from ${file}, which cannot be written; it is as soon as that works`;
      throw new GatewayError('not_saved', message, { cause: saved.reason });
    }
    if (told.status === 'rejected') {
      const message =
        'purged here, but the others were not told, as Redis is away or full; they are as soon as it is not';
      throw new GatewayError('not_saved', message, { cause: told.reason });
    }
    return purged;
  }
}

/**
 * The callers whose answers a caller may purge: its own, unless it may purge all.
 *
 * @returns a tenant, or `undefined` for all
 */
export function purgeScope(settings: CacheSettings | null, caller: string): string | undefined {
  const callers = settings?.callers ?? {};
  // Where there are no keys there is nobody to be kept from.
  if (Object.keys(callers).length === 0) return undefined;
  const own = Object.hasOwn(callers, caller) ? callers[caller] : undefined;
  return own?.purges === 'all' ? undefined : caller;
}

function shown(answers: readonly KeptAnswer[], clock: Clock): Purged {
  const latest = answers.toSorted((a, b) => b.storedAtMs - a.storedAtMs).slice(0, MOST_SHOWN);
  return {
    answers: answers.length,
    bytes: answers.reduce((sum, answer) => sum + bytesOf(answer), 0),
    some: latest.map((answer) => ({
      id: answer.source,
      model: answer.model,
      tenant: answer.tenant,
      namespace: answer.namespace,
      tags: answer.tags,
      ageS: Math.max(0, clock.wallMs() - answer.storedAtMs) / 1_000,
      bytes: bytesOf(answer),
    })),
  };
}
