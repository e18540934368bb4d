import { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import type { CacheMode, CacheOverride, CacheSettings } from './settings.js';

/** Why the cache is left out; a closed set. */
export type BypassReason = 'off' | 'not_asked' | 'no_store' | 'sampled' | 'nested';

/** What the cache may do for one request. */
export interface CacheOrder {
  readonly kind: 'use';
  /** A kept answer will do. Otherwise a fresh one is asked for, and kept in its place. */
  readonly looks: boolean;
  /** Seconds a kept answer may be old. */
  readonly maxAgeS: number;
  /** Where none will do no model is asked. */
  readonly onlyKept: boolean;
  /** Seconds a fresh answer is kept. */
  readonly ttlS: number;
  /** `null`: answers are shared by all callers. */
  readonly tenant: string | null;
  readonly namespace: string;
  readonly tags: readonly string[];
  /** What was said to a question in other words will do; share of wrong answers put up with. */
  readonly semantic: { readonly maxError: number } | null;
}

/** Who asks for what. */
export interface OrderSubject {
  readonly caller: string;
  /** `null` when the client named a model. */
  readonly policy: string | null;
  readonly headers: RequestHeaders;
  /** The request asks for chance, without a seed. */
  readonly sampled: boolean;
}

const MAX_LABELS = 16;
/** Of all who were given an answer; those of later ones are left out. */
const MOST_TAGS = 64;
const LABEL = /^[\x21-\x2b\x2d-\x7e]{1,128}$/; // printable, no space, no comma
const WISHES = ['off', 'exact', 'semantic', 'refresh'] as const;
type Wish = (typeof WISHES)[number];

/**
 * What the cache may do for a request, by what operator and client say.
 *
 * A caller's own settings go before its policy's, and those before the general ones. A client may
 * always ask for less than it is allowed, never for more.
 *
 * @throws {GatewayError} `invalid_request`, naming the header that cannot be understood
 */
export function orderFor(
  settings: CacheSettings,
  { caller, policy, headers, sampled }: OrderSubject,
): CacheOrder | { readonly kind: 'bypass'; readonly why: BypassReason } {
  const own = settingsFor(settings, caller, policy);
  const directives = readDirectives(text(headers['cache-control']), text(headers['pragma']));
  const wish = readWish(text(headers['x-suffice-cache']));
  const why = bypassOf(own, { wish, sampled, noStore: directives.noStore });
  if (why !== null) return { kind: 'bypass', why };
  const namespace = readLabel(headers, 'x-suffice-cache-namespace') ?? own.namespace;
  return {
    kind: 'use',
    looks: wish !== 'refresh' && !directives.noCache,
    maxAgeS: directives.maxAgeS,
    onlyKept: directives.onlyIfCached,
    ttlS: readTtl(headers, settings.maxTtlS) ?? own.ttlS,
    tenant: own.scope === 'shared' ? null : caller,
    namespace,
    tags: [...new Set([...own.tags, ...readTags(headers)])],
    semantic: comparesFor(own, wish) ? { maxError: own.maxError } : null,
  };
}

interface OwnSettings {
  readonly mode: CacheMode;
  readonly ttlS: number;
  readonly scope: 'key' | 'shared';
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly sampled: boolean;
  readonly maxError: number;
}

function settingsFor(settings: CacheSettings, caller: string, policy: string | null): OwnSettings {
  const ofCaller = ownOf(settings.callers, caller);
  const ofPolicy = policy === null ? {} : ownOf(settings.policies, policy);
  const said = <Name extends keyof CacheOverride>(name: Name): CacheOverride[Name] =>
    ofCaller[name] ?? ofPolicy[name];
  return {
    mode: said('mode') ?? settings.mode,
    ttlS: said('ttlS') ?? settings.ttlS,
    scope: said('scope') ?? settings.scope,
    namespace: said('namespace') ?? settings.namespace,
    sampled: said('sampled') ?? settings.sampled,
    maxError: said('maxError') ?? settings.semantic.maxError,
    tags: [...settings.tags, ...(ofPolicy.tags ?? []), ...(ofCaller.tags ?? [])],
  };
}

function ownOf(overrides: Readonly<Record<string, CacheOverride>>, name: string): CacheOverride {
  return Object.hasOwn(overrides, name) ? (overrides[name] ?? {}) : {};
}

function bypassOf(
  own: OwnSettings,
  asked: { readonly wish: Wish | null; readonly sampled: boolean; readonly noStore: boolean },
): BypassReason | null {
  const { wish } = asked;
  if (own.mode === 'off' || wish === 'off') return 'off';
  if (asked.noStore) return 'no_store';
  if (own.mode === 'opt_in' && wish === null) return 'not_asked';
  // Who asks for chance and gets the same answer twice was lied to, unless it asked for just that.
  return asked.sampled && !own.sampled && wish === null ? 'sampled' : null;
}

/** Who may choose may choose this; who is given it may do with less. */
function comparesFor({ mode }: OwnSettings, wish: Wish | null): boolean {
  return mode === 'semantic' ? wish !== 'exact' : mode === 'opt_in' && wish === 'semantic';
}

function readWish(given: string | undefined): Wish | null {
  if (given === undefined) return null;
  const wish = WISHES.find((known) => known === given.trim().toLowerCase());
  if (wish === undefined) {
    throw faultIn('x-suffice-cache', `must be one of ${WISHES.join(', ')}; it is "${given}"`);
  }
  return wish;
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
/** What clients said before there were directives. */
const NO_CACHE: Directives = {
  noStore: false,
  noCache: true,
  onlyIfCached: false,
  maxAgeS: Infinity,
};

/** Directives that nobody here knows are passed over, as RFC 9111 (5.2.3) wants it. */
function readDirectives(given: string | undefined, pragma: string | undefined): Directives {
  // Beside the one, the other means nothing (RFC 9111, 5.4).
  if (given === undefined) return pragma?.includes('no-cache') ? NO_CACHE : NO_DIRECTIVES;
  const directives = given
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  const ages = directives.flatMap((directive) => {
    const [, age] = /^max-age\s*=\s*"?([^"]*)"?$/.exec(directive) ?? [];
    if (age === undefined) return [];
    // What is no number of seconds counts as stale (RFC 9111, 4.2.1).
    return /^\d+$/.test(age) ? Number(age) : 0;
  });
  // Whatever value one comes with, which has no meaning in a request.
  const names = directives.map((directive) => (directive.split('=', 1)[0] ?? '').trimEnd());
  return {
    noStore: names.includes('no-store'),
    noCache: names.includes('no-cache'),
    onlyIfCached: names.includes('only-if-cached'),
    maxAgeS: Math.min(Infinity, ...ages),
  };
}

function readTtl(headers: RequestHeaders, maxTtlS: number): number | null {
  const given = text(headers['x-suffice-cache-ttl']);
  if (given === undefined) return null;
  if (!/^[1-9]\d{0,9}$/.test(given)) {
    throw faultIn('x-suffice-cache-ttl', `must be a whole number of seconds, at least 1`);
  }
  return Math.min(Number(given), maxTtlS);
}

function readLabel(headers: RequestHeaders, name: string): string | null {
  const given = text(headers[name]);
  if (given === undefined) return null;
  checkLabel(name, given);
  return given;
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

/** Tags, and those of one more who is given the answer; the very same list where nothing is new. */
export function withTags(known: readonly string[], more: readonly string[]): readonly string[] {
  const news = more.filter((tag) => !known.includes(tag)).slice(0, MOST_TAGS - known.length);
  return news.length === 0 ? known : [...known, ...news];
}

function checkLabel(name: string, label: string): void {
  if (LABEL.test(label)) return;
  throw faultIn(name, 'must be 1 to 128 printable characters without spaces and commas');
}

function faultIn(header: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `the header ${header} ${what}`, { param: header });
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
