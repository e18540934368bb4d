import type { AnswerLog } from '../cache/answer-log.js';
import type { PurgeFilter } from '../cache/answer-store.js';
import { bytesOf, type KeptAnswer } from '../cache/kept-answer.js';
import type { CacheSettings } from '../cache/settings.js';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
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
}

const MOST_SHOWN = 20;

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
    };
  }

  /**
   * Removes answers, from memory at once and from the file before it resolves.
   *
   * @param dryRun - only tells what would be removed
   * @throws {GatewayError} `internal_error` if they are gone from memory, but cannot be taken out of
   *   the file, so that a restart would bring them back
   */
  async purge(filter: PurgeFilter, dryRun: boolean): Promise<Purged> {
    const { cache, books, tally } = this.#parts;
    if (dryRun) return shown(cache.store.matching(filter), books.clock);
    const purged = shown(cache.store.purge(filter), books.clock);
    tally.levels();
    try {
      await this.#log?.save();
    } catch (cause) {
      const message = `purged from memory, but not from ${this.#log?.file ?? 'the file'}, which cannot be written`;
      throw new GatewayError('internal_error', message, { cause });
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
