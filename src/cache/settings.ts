/** What a part of the traffic may do differently; what is left out is as for the whole. */
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
 * Whether answers are given again: never, to requests that ask for it (`x-suffice-cache: exact` or
 * `semantic`), or to all that do not refuse it: to the very same ones, or to those that ask the same in
 * other words as well.
 */
export type CacheMode = 'off' | 'opt_in' | 'exact' | 'semantic';

/** Answers that are kept only where an operator says so. */
export type KeptKind = 'tool_calls' | 'truncated' | 'filtered';

/** What a caller may do otherwise than the rest. */
export interface CallerOverride extends CacheOverride {
  /** Which answers it may purge: its own (the default), or everybody's. */
  readonly purges?: 'own' | 'all' | undefined;
}

/** What an operator says of answers to questions in other words. */
export interface SemanticSettings {
  /** Share of the answers given that may be wrong, 0 to 1. */
  readonly maxError: number;
  /** Milliseconds after which no further question is compared. */
  readonly budgetMs: number;
  readonly recheck: {
    /** Of the answers given, at least so many are asked of a model again, 0 to 1. */
    readonly share: number;
    readonly usdPerDay: number;
  };
}

/** What an operator says of the cache. */
export interface CacheSettings {
  readonly mode: CacheMode;
  /** Seconds an answer is kept. */
  readonly ttlS: number;
  /** The most seconds a request may ask for. */
  readonly maxTtlS: number;
  /** Whether callers are told apart by their key. */
  readonly scope: 'key' | 'shared';
  readonly namespace: string;
  /** Put on every answer that is kept. */
  readonly tags: readonly string[];
  /** Whether requests that ask for chance, and no seed to repeat it by, are answered from the cache. */
  readonly sampled: boolean;
  /** Kept besides complete answers. */
  readonly keep: readonly KeptKind[];
  /** How fast a kept stream is given: at once, or at the pace it once came. */
  readonly replay: 'full' | 'natural';
  readonly semantic: SemanticSettings;
  /** By name of the policy. */
  readonly policies: Readonly<Record<string, CacheOverride>>;
  /** By name of the caller; goes before its policy's. */
  readonly callers: Readonly<Record<string, CallerOverride>>;
}

/** Whether any request at all may be answered from the cache. */
export function isCaching(settings: CacheSettings): boolean {
  return modesIn(settings).some((mode) => mode !== 'off');
}

/** Whether any request at all may be answered with what was said to another question. */
export function isComparing(
  settings: Pick<CacheSettings, 'mode' | 'policies' | 'callers'>,
): boolean {
  return modesIn(settings).some((mode) => mode === 'semantic' || mode === 'opt_in');
}

function modesIn({
  mode,
  policies,
  callers,
}: Pick<CacheSettings, 'mode' | 'policies' | 'callers'>): readonly CacheMode[] {
  const others = [...Object.values(policies), ...Object.values(callers)];
  return [mode, ...others.flatMap((each) => each.mode ?? [])];
}
