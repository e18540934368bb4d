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

/** What those who share one answer are told of it. */
export type Landing =
  /** It failed before there was a decision, or by a bug. */
  | { readonly kind: 'threw'; readonly error: unknown }
  | Extract<Exchange, { kind: 'failed' | 'whole' }>
  | SharedStream;

/** A stream that others may hear as well. */
export interface SharedStream {
  readonly kind: 'stream';
  readonly broadcast: Broadcast;
  /** The leader's. */
  readonly exchange: Exchange & ExchangeStream;
  /** Resolves to the recording, or to why there is none; `null` if the stream was too long to record. */
  readonly ended: Promise<readonly TimedFrame[] | GatewayError | null>;
}

/** Where in the cache a request belongs. */
export interface Place {
  readonly key: string;
  /** What it is found by in other words; `null` where that must not be, or cannot. */
  readonly question: () => Question | null;
  readonly order: CacheOrder;
  /** The provider is to look something up: its answer is shared, and not kept. */
  readonly searches: boolean;
  readonly forms: AnswerForms;
  readonly settings: CacheSettings;
  /** `null` when the client named a model. */
  readonly policy: string | null;
}

/** A request that may be answered from the cache. */
export interface PlacedRequest extends AskedRequest {
  readonly place: Place;
  /** The kept answer that came nearest and was not given: there is something to be learnt of it. */
  readonly alike: Alike | null;
}

/**
 * Goes on without the cache: decides, calls, delivers, settles.
 *
 * @param isRecheck - nobody waits for the answer: it is to tell whether a kept one is right
 */
export type Ask = (
  signal: GoneSignal,
  keepsUsage: boolean,
  isRecheck?: boolean,
) => Promise<Exchange>;

/** What answers to questions in other words are found by, and kept right. */
export interface AlikeTools {
  readonly answers: AlikeAnswers;
  readonly tally: AlikeTally;
  readonly purse: RecheckPurse;
  /** Runs work when no request waits for it. */
  readonly defer: (work: () => void) => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What recalling works with. */
export interface RecallParts {
  readonly cache: AnswerCache<Landing>;
  readonly books: Books;
  readonly decisions: DecisionLog<KeptRouting>;
  /** Makes a decision's id from the wall clock. */
  readonly newId: (wallMs: number) => string;
  readonly tally: CacheTally;
  readonly given: GivenAnswers;
  /** `null` where questions are not compared. */
  readonly alike: AlikeTools | null;
  /** `null` where answers are not shared with other processes. */
  readonly shared: SharedAnswers | null;
}
