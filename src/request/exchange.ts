import type { Outcome } from '../account/decision-log.js';
import type { Caller } from '../admit/keys.js';
import type { Candidate, DecisionSummary } from '../core/decision.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import type { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import type { ChatRequest, ClientDialect } from '../dialects/dialect.js';
import type { Loss } from '../dialects/neutral/losses.js';
import type { Setup } from './setup.js';
import type { ClientSink } from '../upstream/failover.js';

/** One chat request as received. */
export interface ChatCall {
  /** The client's dialect. */
  readonly dialect: ClientDialect;
  readonly headers: RequestHeaders;
  readonly body: Buffer;
  readonly caller: Caller;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignalLike;
}

/** A parsed request, and the setup that answers it. */
export interface ReceivedRequest {
  readonly call: ChatCall;
  readonly request: ChatRequest;
  readonly setup: Setup;
  /** `Clock.now()` when the request was complete. */
  readonly startedMs: number;
}

/** The cache's part in an answer. */
export interface CacheInfo {
  /** `hit`, `semantic`: no upstream was called for this client, and nothing spent. */
  readonly status: 'hit' | 'semantic' | 'miss' | 'bypass';
  /** The reason, if the status alone does not tell; `shared` for the answer of an identical request in flight. */
  readonly why: string | null;
  /** For a hit: seconds since the answer was complete. */
  readonly ageS: number | null;
  /** For a hit: the decision that the answer was first given for. */
  readonly source: string | null;
  /** For a hit: US dollars not spent; `null` when unknown. */
  readonly savedUsd: number | null;
  /** For `semantic`: the similarity of the two questions, and the probability that the answer is right. */
  readonly semantic?: { readonly similarity: number; readonly probability: number };
}

/** The decision on a request, and the model that answered. */
export interface ExchangeInfo {
  readonly decision: DecisionSummary;
  /** The model that answered; `null` if none did. */
  readonly servedModel: string | null;
  /** The prediction for that model, or for the chosen one; `null` when the client named it. */
  readonly expected: Candidate | null;
  readonly simulated: boolean;
  /** Parts of the request that were dropped for the model that answered. */
  readonly dropped: readonly Loss[];
  /** Absent where no cache is configured. */
  readonly cache?: CacheInfo;
}

/** A request that could not be answered. */
export type FailedExchange = ExchangeInfo & {
  readonly kind: 'failed';
  readonly error: GatewayError;
};

/** A whole answer. */
export type WholeExchange = ExchangeInfo & {
  readonly kind: 'whole';
  readonly body: Buffer;
  readonly bill: Outcome;
};

/** The result of a chat request, from its decision on. */
export type Exchange = FailedExchange | WholeExchange | (ExchangeInfo & ExchangeStream);

/** A streamed answer. */
export interface ExchangeStream {
  readonly kind: 'stream';
  /** Starts the flow; call it once. */
  pipe(client: ClientSink): void;
  /** The client can take more data again. */
  drained(): void;
  /** The client has disconnected; harmless after the end. @param why - if the gateway cut it off */
  abandon(why?: GatewayError): void;
  /** How it ended; `null` while it is in progress. */
  outcome(): Outcome | null;
  /** Parts of the answer dropped so far because the client's dialect cannot express them, besides those in `dropped`. */
  lost(): readonly Loss[];
}
