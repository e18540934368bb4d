import { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import type { CacheMode, CacheOverride, CacheSettings } from './settings.js';

/** Why a request bypasses the cache; a closed set. */
export type BypassReason = 'off' | 'not_asked' | 'no_store' | 'sampled' | 'nested';

/** What the cache may do for one request. */
export interface CacheControl {
  readonly kind: 'use';
  /** A cached answer may be given. Otherwise a model is called, and its answer replaces the cached one. */
  readonly allowsCached: boolean;
  /** Maximum age of a cached answer, in seconds. */
  readonly maxAgeS: number;
  /** Only a cached answer may be given: no model is called. */
  readonly onlyIfCached: boolean;
  /** Lifetime of a new answer, in seconds. */
  readonly ttlS: number;
  /** `null`: answers are shared by all callers. */
  readonly tenant: string | null;
  readonly namespace: string;
  readonly tags: readonly string[];
  /** Semantic hits are allowed, with this maximum share of wrong answers; `null` if not. */
  readonly semantic: { readonly maxError: number } | null;
}

/** The parts of a request that decide what the cache may do for it. */
export interface CacheControlInput {
  readonly caller: string;
  /** `null` if the client named a model. */
  readonly policy: string | null;
  readonly headers: RequestHeaders;
  /** The request has random sampling, without a seed. */
  readonly sampled: boolean;
}

const MAX_LABELS = 16;
/** Tags of an answer, from all requests that were given it; further ones are ignored. */
const MAX_TAGS = 64;
const LABEL = /^[\x21-\x2b\x2d-\x7e]{1,128}$/; // printable, no space, no comma
const CACHE_HEADER_VALUES = ['off', 'exact', 'semantic', 'refresh'] as const;
type CacheHeader = (typeof CACHE_HEADER_VALUES)[number];

/**
 * What the cache may do for a request, by the operator's settings and the client's headers.
 *
 * A caller's settings override its policy's, which override the general ones. A client can only restrict what it is
 * allowed, never extend it.
 *
 * @throws {GatewayError} `invalid_request`, naming the invalid header
 */
export function cacheControlFor(
  settings: CacheSettings,
  { caller, policy, headers, sampled }: CacheControlInput,
): CacheControl | { readonly kind: 'bypass'; readonly why: BypassReason } {
  const effective = effectiveSettings(settings, caller, policy);
  const directives = readDirectives(text(headers['cache-control']), text(headers['pragma']));
  const header = readCacheHeader(text(headers['x-suffice-cache']));
  const why = bypassOf(effective, { header, sampled, noStore: directives.noStore });
  if (why !== null) return { kind: 'bypass', why };
  const namespace = readLabel(headers, 'x-suffice-cache-namespace') ?? effective.namespace;
  return {
    kind: 'use',
    allowsCached: header !== 'refresh' && !directives.noCache,
    maxAgeS: directives.maxAgeS,
    onlyIfCached: directives.onlyIfCached,
    ttlS: readTtl(headers, settings.maxTtlS) ?? effective.ttlS,
    tenant: effective.scope === 'shared' ? null : caller,
    namespace,
    tags: [...new Set([...effective.tags, ...readTags(headers)])],
    semantic: allowsSemantic(effective, header) ? { maxError: effective.maxError } : null,
  };
}

interface EffectiveSettings {
  readonly mode: CacheMode;
  readonly ttlS: number;
  readonly scope: 'key' | 'shared';
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly sampled: boolean;
  readonly maxError: number;
}

function effectiveSettings(
  settings: CacheSettings,
  caller: string,
  policy: string | null,
): EffectiveSettings {
  const ofCaller = overrideOf(settings.callers, caller);
  const ofPolicy = policy === null ? {} : overrideOf(settings.policies, policy);
  const override = <Name extends keyof CacheOverride>(name: Name): CacheOverride[Name] =>
    ofCaller[name] ?? ofPolicy[name];
  return {
    mode: override('mode') ?? settings.mode,
    ttlS: override('ttlS') ?? settings.ttlS,
    scope: override('scope') ?? settings.scope,
    namespace: override('namespace') ?? settings.namespace,
    sampled: override('sampled') ?? settings.sampled,
    maxError: override('maxError') ?? settings.semantic.maxError,
    tags: [...settings.tags, ...(ofPolicy.tags ?? []), ...(ofCaller.tags ?? [])],
  };
}

function overrideOf(
  overrides: Readonly<Record<string, CacheOverride>>,
  name: string,
): CacheOverride {
  return Object.hasOwn(overrides, name) ? (overrides[name] ?? {}) : {};
}

function bypassOf(
  own: EffectiveSettings,
  requested: {
    readonly header: CacheHeader | null;
    readonly sampled: boolean;
    readonly noStore: boolean;
  },
): BypassReason | null {
  const { header } = requested;
  if (own.mode === 'off' || header === 'off') return 'off';
  if (requested.noStore) return 'no_store';
  if (own.mode === 'opt_in' && header === null) return 'not_asked';
  // A client that asks for random sampling expects different answers, unless it opts in.
  return requested.sampled && !own.sampled && header === null ? 'sampled' : null;
}

/** With `opt_in` a client has to ask for semantic hits; with `semantic` it can opt out of them. */
function allowsSemantic({ mode }: EffectiveSettings, header: CacheHeader | null): boolean {
  return mode === 'semantic' ? header !== 'exact' : mode === 'opt_in' && header === 'semantic';
}

function readCacheHeader(value: string | undefined): CacheHeader | null {
  if (value === undefined) return null;
  const header = CACHE_HEADER_VALUES.find((known) => known === value.trim().toLowerCase());
  if (header === undefined) {
    throw faultIn(
      'x-suffice-cache',
      `must be one of ${CACHE_HEADER_VALUES.join(', ')}; it is "${value}"`,
    );
  }
  return header;
}

interface Directives {
  readonly noStore: boolean;
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
  readonly maxAgeS: number;
}

const NO_DIRECTIVES: Directives = {
  noStore: false,
  noCache: false,
  onlyIfCached: false,
  maxAgeS: Infinity,
};
/** `pragma: no-cache`. */
const NO_CACHE: Directives = {
  noStore: false,
  noCache: true,
  onlyIfCached: false,
  maxAgeS: Infinity,
};

/** Unknown directives are ignored, as RFC 9111 (5.2.3) requires. */
function readDirectives(cacheControl: string | undefined, pragma: string | undefined): Directives {
  // `pragma` is ignored if there is `cache-control` (RFC 9111, 5.4).
  if (cacheControl === undefined) return pragma?.includes('no-cache') ? NO_CACHE : NO_DIRECTIVES;
  const directives = cacheControl
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  const ages = directives.flatMap((directive) => {
    const [, age] = /^max-age\s*=\s*"?([^"]*)"?$/.exec(directive) ?? [];
    if (age === undefined) return [];
    // An invalid age counts as stale (RFC 9111, 4.2.1).
    return /^\d+$/.test(age) ? Number(age) : 0;
  });
  // Values of other directives have no meaning in a request.
  const names = directives.map((directive) => (directive.split('=', 1)[0] ?? '').trimEnd());
  return {
    noStore: names.includes('no-store'),
    noCache: names.includes('no-cache'),
    onlyIfCached: names.includes('only-if-cached'),
    maxAgeS: Math.min(Infinity, ...ages),
  };
}

function readTtl(headers: RequestHeaders, maxTtlS: number): number | null {
  const value = text(headers['x-suffice-cache-ttl']);
  if (value === undefined) return null;
  if (!/^[1-9]\d{0,9}$/.test(value)) {
    throw faultIn('x-suffice-cache-ttl', `must be a whole number of seconds, at least 1`);
  }
  return Math.min(Number(value), maxTtlS);
}

function readLabel(headers: RequestHeaders, name: string): string | null {
  const value = text(headers[name]);
  if (value === undefined) return null;
  checkLabel(name, value);
  return value;
}

function readTags(headers: RequestHeaders): readonly string[] {
  const name = 'x-suffice-cache-tags';
  const tags = (text(headers[name]) ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length > MAX_LABELS) throw faultIn(name, `may have at most ${MAX_LABELS} tags`);
  for (const tag of tags) checkLabel(name, tag);
  return tags;
}

/** Adds the tags of another request that is given the answer; returns `known` itself if there is no new one. */
export function mergeTags(known: readonly string[], more: readonly string[]): readonly string[] {
  const added = more.filter((tag) => !known.includes(tag)).slice(0, MAX_TAGS - known.length);
  return added.length === 0 ? known : [...known, ...added];
}

function checkLabel(name: string, label: string): void {
  if (LABEL.test(label)) return;
  throw faultIn(name, 'must be 1 to 128 printable characters without spaces and commas');
}

function faultIn(header: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `The header ${header} ${what}.`, { param: header });
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
