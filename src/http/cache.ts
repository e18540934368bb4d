import * as z from 'zod';
import type { Caller } from '../admit/keys.js';
import type { PurgeFilter } from '../cache/purge-history.js';
import type { CacheSettings } from '../cache/settings.js';
import {
  purgeScope,
  type SemanticStats,
  type CacheAdmin,
  type CacheStats,
} from '../recall/admin.js';
import { GatewayError } from '../core/errors.js';
import { checkedBody } from './checked-body.js';

const label = z.string().min(1).max(128);

const body = z.strictObject({
  tag: label.optional(),
  namespace: label.optional(),
  id: label.optional(),
  prefix: label.optional(),
  all: z.literal(true).optional(),
  dry_run: z.boolean().default(false),
});

/** `GET /v1/cache/stats`. */
export function statsJson(stats: CacheStats): Record<string, unknown> {
  const { hits, semantic, shared, misses } = stats;
  const answered = hits + semantic + shared;
  const lookups = answered + misses;
  return {
    object: 'cache_stats',
    answers: stats.answers,
    bytes: stats.bytes,
    max_bytes: stats.maxBytes,
    hits,
    semantic_hits: semantic,
    shared,
    misses,
    hit_rate: lookups === 0 ? null : answered / lookups,
    bypasses: stats.bypasses,
    kept: stats.kept,
    unkept: stats.unkept,
    evicted: stats.evicted,
    expired: stats.expired,
    purged: stats.purged,
    saved_usd: stats.savedUsd,
    saved_s: stats.savedMs / 1_000,
    file: stats.file,
    semantic: stats.semanticStats === null ? null : semanticJson(stats.semanticStats),
  };
}

function semanticJson(stats: SemanticStats): Record<string, unknown> {
  const { hits, expectedWrong, rechecks, skippedRechecks, measuredError } = stats;
  return {
    questions: stats.questions,
    partitions: stats.partitions,
    look_ups: stats.lookUps,
    late: stats.late,
    hits,
    expected_error: hits === 0 ? null : expectedWrong / hits,
    rechecks,
    rechecks_left_out: skippedRechecks,
    measured_error: measuredError?.error ?? null,
    measured_between: measuredError === null ? null : [measuredError.low, measuredError.high],
    rechecks_usd: stats.spentUsd,
    saved_usd: stats.savedUsd,
    saved_s: stats.savedMs / 1_000,
  };
}

/**
 * Answers `POST /v1/cache/purge`.
 *
 * @returns the reply's JSON
 * @throws {GatewayError} `invalid_json`; `invalid_request`, naming the field at fault
 */
export async function purgeCache(
  bytes: Buffer,
  caller: Caller,
  { admin, settings }: { readonly admin: CacheAdmin; readonly settings: CacheSettings },
): Promise<Record<string, unknown>> {
  const { dry_run: dryRun, all, ...conditions } = checkedBody(bytes, body);
  const isNarrowed = Object.values(conditions).some((condition) => condition !== undefined);
  if (isNarrowed === (all === true)) {
    const message =
      'Specify what to purge: "tag", "namespace", "id" or "prefix", or else "all": true, but not both.';
    throw new GatewayError('invalid_request', message, { param: isNarrowed ? 'all' : 'tag' });
  }
  const tenant = purgeScope(settings, caller.name);
  const filter: PurgeFilter = { ...conditions, tenant };
  const { answers, bytes: freed, latest } = await admin.purge(filter, dryRun);
  return {
    object: 'cache_purge',
    dry_run: dryRun,
    answers,
    bytes: freed,
    some: latest.map(({ ageS, ...rest }) => ({ ...rest, age_s: Math.floor(ageS) })),
  };
}
