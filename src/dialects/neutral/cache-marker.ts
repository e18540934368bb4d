import { isObject, textOrNull, type JsonObject } from '../json.js';
import type { CacheMarker } from './part.js';

/** Reads a `cache_control`; clients of other dialects send it as well. */
export function cacheMarker(value: unknown): CacheMarker | null {
  return isObject(value) ? { ttl: textOrNull(value['ttl']) } : null;
}

/** The member `cache_control` for a marker; no members without one. */
export function cacheControl(cache: CacheMarker | null | undefined): JsonObject {
  if (cache === null || cache === undefined) return {};
  return { cache_control: { type: 'ephemeral', ...(cache.ttl !== null && { ttl: cache.ttl }) } };
}
