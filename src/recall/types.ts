import type { AnswerCache } from '../cache/answer-cache.js';
import type { Broadcast } from '../cache/broadcast.js';
import type { Question, TimedFrame } from '../cache/cached-answer.js';
import type { CacheControl } from '../cache/cache-control.js';
import type { SharedAnswers } from '../cache/redis/shared-answers.js';
import type { SemanticMatch, SemanticCache } from '../cache/semantic/semantic-cache.js';
import type { CacheSettings } from '../cache/settings.js';
import type { DecisionLog } from '../account/decision-log.js';
import type { Ledger } from '../account/settle.js';
import type { CacheCodec } from '../dialects/cache-codec.js';
import type { ReceivedRequest, Exchange, ExchangeStream } from '../request/exchange.js';
import type { GatewayError } from '../core/errors.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import type { CompactRouting } from '../route/compact-routing.js';
import type { SemanticTally } from './semantic-tally.js';
import type { ServedAnswers } from './served-answers.js';
import type { RecheckBudget } from './recheck-budget.js';
import type { CacheTally } from './cache-tally.js';

/** How a request in flight ended, for all requests that share it. */
export type SharedResult =
  /** It failed before there was a decision, or because of a bug. */
  | { readonly kind: 'threw'; readonly error: unknown }
  | Extract<Exchange, { kind: 'failed' | 'whole' }>
  | SharedStream;

/** A stream that several clients may listen to. */
export interface SharedStream {
  readonly kind: 'stream';
  readonly broadcast: Broadcast;
  /** The leader's exchange. */
  readonly exchange: Exchange & ExchangeStream;
  /** Resolves to the recording, or to the error that ended the stream; `null` if it was too long to record. */
  readonly ended: Promise<readonly TimedFrame[] | GatewayError | null>;
}

/** How a request is looked up in the cache, and how its answer is stored. */
export interface CacheLookup {
  readonly key: string;
  /** For semantic look-ups; `null` if the request must not, or cannot, be compared. */
  readonly question: () => Question | null;
  readonly control: CacheControl;
  /** The request enables a provider's own tools: its answer is shared with followers, but not stored. */
  readonly usesProviderTools: boolean;
  readonly forms: CacheCodec;
  readonly settings: CacheSettings;
  /** `null` if the client named a model. */
  readonly policy: string | null;
}

/** A request that may be answered from the cache. */
export interface CacheableRequest extends ReceivedRequest {
  readonly lookup: CacheLookup;
  /** The nearest cached answer, if it was not given: the new answer shows whether it would have been right. */
  readonly nearest: SemanticMatch | null;
}

/**
 * Answers a request without the cache: decides, calls, delivers, settles.
 *
 * @param keepsUsage - the stream has usage, whether or not the client asked for it
 * @param isRecheck - no client waits for the answer: it shows whether a cached one is right
 */
export type CallModel = (
  signal: AbortSignalLike,
  keepsUsage: boolean,
  isRecheck?: boolean,
) => Promise<Exchange>;

/** What semantic caching works with. */
export interface SemanticServices {
  readonly cache: SemanticCache;
  readonly tally: SemanticTally;
  readonly budget: RecheckBudget;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What the cache stage works with. */
export interface RecallParts {
  readonly cache: AnswerCache<SharedResult>;
  readonly books: Ledger;
  readonly decisions: DecisionLog<CompactRouting>;
  /** Makes a decision id from the wall clock, in milliseconds. */
  readonly newId: (wallMs: number) => string;
  readonly tally: CacheTally;
  readonly servedAnswers: ServedAnswers;
  /** `null` if semantic caching is off. */
  readonly semantic: SemanticServices | null;
  /** `null` if answers are not shared with other processes. */
  readonly shared: SharedAnswers | null;
}
