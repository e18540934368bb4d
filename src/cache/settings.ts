/** Settings of a policy or a caller; what is left out is inherited. */
export interface CacheOverride {
  readonly mode?: CacheMode | undefined;
  readonly ttlS?: number | undefined;
  readonly scope?: 'key' | 'shared' | undefined;
  readonly namespace?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly sampled?: boolean | undefined;
  readonly maxError?: number | undefined;
}

/**
 * When cached answers are given:
 *
 * - `off`: never
 * - `opt_in`: to requests that ask for it (`x-suffice-cache: exact` or `semantic`)
 * - `exact`: to identical requests, unless they opt out
 * - `semantic`: also to requests with the same meaning, unless they opt out
 */
export type CacheMode = 'off' | 'opt_in' | 'exact' | 'semantic';

/** Kinds of answers that are stored only if the operator lists them. */
export type StorableKind = 'tool_calls' | 'truncated' | 'filtered';

/** Settings of a caller. */
export interface CallerOverride extends CacheOverride {
  /** Which answers it may purge: its own (the default), or everybody's. */
  readonly purges?: 'own' | 'all' | undefined;
}

/** The operator's settings for semantic caching. */
export interface SemanticSettings {
  /** Maximum share of wrong answers among semantic hits, 0 to 1. */
  readonly maxError: number;
  /** Milliseconds of a look-up after which no further question is compared. */
  readonly budgetMs: number;
  readonly recheck: {
    /** Minimum share of semantic hits that are rechecked, 0 to 1. */
    readonly share: number;
    readonly usdPerDay: number;
  };
}

/** The operator's settings for the cache. */
export interface CacheSettings {
  readonly mode: CacheMode;
  /** Lifetime of an answer, in seconds. */
  readonly ttlS: number;
  /** Longest lifetime that a request may ask for, in seconds. */
  readonly maxTtlS: number;
  /** `key`: each key has its own answers. */
  readonly scope: 'key' | 'shared';
  readonly namespace: string;
  /** Added to every stored answer. */
  readonly tags: readonly string[];
  /** Whether requests with random sampling and no seed are answered from the cache. */
  readonly sampled: boolean;
  /** Kinds that are stored besides complete answers. */
  readonly keep: readonly StorableKind[];
  /** How fast a cached stream is replayed: at once, or at its original pace. */
  readonly replay: 'full' | 'natural';
  readonly semantic: SemanticSettings;
  /** By policy name. */
  readonly policies: Readonly<Record<string, CacheOverride>>;
  /** By caller name; overrides the policy's. */
  readonly callers: Readonly<Record<string, CallerOverride>>;
}

/** Whether any request at all may be answered from the cache. */
export function isCacheEnabled(settings: CacheSettings): boolean {
  return modesIn(settings).some((mode) => mode !== 'off');
}

/** Whether any request at all may get a semantic hit. */
export function isSemanticEnabled(
  settings: Pick<CacheSettings, 'mode' | 'policies' | 'callers'>,
): boolean {
  return modesIn(settings).some((mode) => mode === 'semantic' || mode === 'opt_in');
}

function modesIn({
  mode,
  policies,
  callers,
}: Pick<CacheSettings, 'mode' | 'policies' | 'callers'>): readonly CacheMode[] {
  const overrides = [...Object.values(policies), ...Object.values(callers)];
  return [mode, ...overrides.flatMap((each) => each.mode ?? [])];
}
