import type { AnswerCache } from '../cache/answer-cache.js';
import type { Broadcast } from '../cache/broadcast.js';
import type { Question, TimedFrame } from '../cache/kept-answer.js';
import type { CacheOrder } from '../cache/order.js';
import type { SharedAnswers } from '../cache/redis/shared-answers.js';
import type { Alike, AlikeAnswers } from '../cache/semantic/alike.js';
import type { CacheSettings } from '../cache/settings.js';
import type { DecisionLog } from '../account/decision-log.js';
import type { Books } from '../account/settle.js';
import type { AnswerForms } from '../dialects/answer-forms.js';
import type { AskedRequest, Exchange, ExchangeStream } from '../request/exchange.js';
import type { GatewayError } from '../core/errors.js';
import type { GoneSignal } from '../core/departure.js';
import type { KeptRouting } from '../route/kept-routing.js';
import type { AlikeTally } from './alike-tally.js';
import type { GivenAnswers } from './given.js';
import type { RecheckPurse } from './recheck-purse.js';
import type { CacheTally } from './tally.js';

/** How a request in flight ended, for all requests that share it. */
export type Landing =
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
export interface Place {
  readonly key: string;
  /** For semantic look-ups; `null` if the request must not, or cannot, be compared. */
  readonly question: () => Question | null;
  readonly order: CacheOrder;
  /** The request enables a provider's own tools: its answer is shared with followers, but not stored. */
  readonly searches: boolean;
  readonly forms: AnswerForms;
  readonly settings: CacheSettings;
  /** `null` if the client named a model. */
  readonly policy: string | null;
}

/** A request that may be answered from the cache. */
export interface PlacedRequest extends AskedRequest {
  readonly place: Place;
  /** The nearest cached answer, if it was not given: the new answer shows whether it would have been right. */
  readonly alike: Alike | null;
}

/**
 * Answers a request without the cache: decides, calls, delivers, settles.
 *
 * @param keepsUsage - the stream has usage, whether or not the client asked for it
 * @param isRecheck - no client waits for the answer: it shows whether a cached one is right
 */
export type Ask = (
  signal: GoneSignal,
  keepsUsage: boolean,
  isRecheck?: boolean,
) => Promise<Exchange>;

/** What semantic caching works with. */
export interface AlikeTools {
  readonly answers: AlikeAnswers;
  readonly tally: AlikeTally;
  readonly purse: RecheckPurse;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What the cache stage works with. */
export interface RecallParts {
  readonly cache: AnswerCache<Landing>;
  readonly books: Books;
  readonly decisions: DecisionLog<KeptRouting>;
  /** Makes a decision id from the wall clock, in milliseconds. */
  readonly newId: (wallMs: number) => string;
  readonly tally: CacheTally;
  readonly given: GivenAnswers;
  /** `null` if semantic caching is off. */
  readonly alike: AlikeTools | null;
  /** `null` if answers are not shared with other processes. */
  readonly shared: SharedAnswers | null;
}
