import type { Outcome } from '../account/decision-log.js';
import type { Caller } from '../admit/keys.js';
import type { Candidate, DecisionHead } from '../core/decision.js';
import type { GoneSignal } from '../core/departure.js';
import type { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import type { ChatRequest, ClientDialect } from '../dialects/dialect.js';
import type { Loss } from '../dialects/neutral/losses.js';
import type { Setup } from './setup.js';
import type { ClientSink } from '../upstream/failover.js';

/** One chat request as it reached the gateway. */
export interface ChatCall {
  /** What the client speaks. */
  readonly dialect: ClientDialect;
  readonly headers: RequestHeaders;
  readonly body: Buffer;
  readonly caller: Caller;
  /** Aborts when the client has gone. */
  readonly signal: GoneSignal;
}

/** A request that has been read, and what it is answered with. */
export interface AskedRequest {
  readonly call: ChatCall;
  readonly request: ChatRequest;
  readonly setup: Setup;
  /** `Clock.now()` when the whole request was there. */
  readonly startedMs: number;
}

/** What the cache had to do with an answer. */
export interface CacheMark {
  /** `hit`, `semantic`: nothing was asked of an upstream for this client, and nothing spent. */
  readonly status: 'hit' | 'semantic' | 'miss' | 'bypass';
  /** Why, where the status alone does not say; `shared` for an answer that was under way for somebody else. */
  readonly why: string | null;
  /** For a hit: seconds since the answer was complete, and the decision it was first given for. */
  readonly ageS: number | null;
  readonly source: string | null;
  /** For a hit: US dollars not spent; `null` when unknown. */
  readonly savedUsd: number | null;
  /** For `semantic`: how alike the two questions are, and the probability that the answer is right. */
  readonly alike?: { readonly similarity: number; readonly probability: number };
}

/** Who answers, and by which decision. */
export interface Decided {
  readonly decision: DecisionHead;
  /** The model that answered; `null` when none could. */
  readonly servedModel: string | null;
  /** What was expected of that model, or of the chosen one; `null` when the client named it. */
  readonly expected: Candidate | null;
  readonly simulated: boolean;
  /** What the model that answered was not told. */
  readonly dropped: readonly Loss[];
  /** Absent where no cache is configured. */
  readonly cache?: CacheMark;
}

/** A request that no answer could be got for. */
export type FailedExchange = Decided & { readonly kind: 'failed'; readonly error: GatewayError };

/** A whole answer. */
export type WholeExchange = Decided & {
  readonly kind: 'whole';
  readonly body: Buffer;
  readonly bill: Outcome;
};

/** What became of a chat request that got as far as a decision. */
export type Exchange = FailedExchange | WholeExchange | (Decided & ExchangeStream);

/** An answer under way. */
export interface ExchangeStream {
  readonly kind: 'stream';
  /** Starts the flow; call it once. */
  pipe(client: ClientSink): void;
  /** The client can take more again. */
  drained(): void;
  /** The client has gone; harmless after the end. @param why - where it did not go by itself */
  abandon(why?: GatewayError): void;
  /** How it ended; `null` while it is under way. */
  outcome(): Outcome | null;
  /** What of the answer the client could not be told so far, beside what was known before it began. */
  lost(): readonly Loss[];
}
