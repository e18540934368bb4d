import type { Question } from '../cache/cached-answer.js';
import type { MatchPrediction } from '../cache/semantic/error-rates.js';
import type { Outcome } from '../account/decision-log.js';
import { settle, type LedgerEntry } from '../account/settle.js';
import { GatewayError } from '../core/errors.js';
import { clientRequestIdOf } from '../core/request-headers.js';
import type { Loss } from '../dialects/neutral/losses.js';
import type {
  CacheInfo,
  ExchangeInfo,
  FailedExchange,
  WholeExchange,
} from '../request/exchange.js';
import { unroutedDecision } from '../request/plan.js';
import type { CacheableRequest, RecallParts } from './types.js';

/** An answer that was produced for another request. */
export interface ReusedAnswer {
  /** The model that produced it. */
  readonly model: string;
  readonly simulated: boolean;
  /** What was dropped from that model's request. */
  readonly dropped: readonly Loss[];
  readonly mark: CacheInfo & { readonly status: 'hit' | 'semantic' };
  /** Key of the cached answer, or of the request in flight. */
  readonly key: string;
  /** The question asked, or the question that the answer was stored for; `null` if neither may be compared with others. */
  readonly question: Question | null;
  /** For a semantic hit, what the verifier predicted of it; otherwise `null`. */
  readonly prediction: MatchPrediction | null;
}

interface Started {
  readonly answer: ReusedAnswer;
  readonly entry: LedgerEntry;
  readonly firstByteMs: number;
}

/**
 * A request that is answered without calling a model: accounted for like any other, at no cost.
 *
 * Ending it twice has no effect.
 */
export class CachedExchange {
  readonly #parts: RecallParts;
  readonly #cacheable: CacheableRequest;
  #started: Started | null = null;
  #isOver = false;

  /** Counts the request as in flight from now on. */
  constructor(parts: RecallParts, cacheable: CacheableRequest) {
    this.#parts = parts;
    this.#cacheable = cacheable;
    parts.books.metrics.inFlight.inc();
  }

  /** The answer has arrived. Call it once, before anything else. */
  start(answer: ReusedAnswer): this {
    const { books, decisions, newId, servedAnswers } = this.#parts;
    const { call, request, setup, startedMs, lookup } = this.#cacheable;
    const atMs = books.clock.wallMs();
    const decision = unroutedDecision({
      id: newId(atMs),
      atMs,
      requested: request.model,
      policy: lookup.policy,
      model: answer.model,
      reason: 'cached',
      receipt: setup.router.receipt,
    });
    const entry = {
      record: decisions.add(decision, call.caller.name, null),
      caller: call.caller.name,
      clientRequestId: clientRequestIdOf(call.headers),
      stream: request.stream,
      startedMs,
      estimateInputTokens: () => 0,
      referencePrice: null,
    };
    const { key, question, prediction, mark } = answer;
    const { source } = mark;
    const caller = call.caller.name;
    // A client that disconnected before the answer arrived was given none.
    if (source !== null) {
      servedAnswers.add(decision.id, {
        caller,
        key,
        source,
        question,
        isFresh: false,
        prediction,
      });
    }
    this.#started = { answer, entry, firstByteMs: books.clock.now() };
    return this;
  }

  /** A model is called after all: this request is accounted for elsewhere. */
  cancel(): void {
    if (!this.#isOver) this.#parts.books.metrics.inFlight.dec();
    this.#isOver = true;
  }

  /** For the headers of the reply. */
  get decided(): ExchangeInfo {
    const { answer, entry } = this.#state;
    const { model, simulated, dropped, mark } = answer;
    const { decision } = entry.record;
    return { decision, servedModel: model, expected: null, simulated, dropped, cache: mark };
  }

  get outcome(): Outcome | null {
    return this.#state.entry.record.outcome;
  }

  /** Answers with a whole body. @param savedMs - milliseconds of waiting that the client was spared */
  succeedWhole(body: Buffer, savedMs: number): WholeExchange {
    const bill = this.succeed(this.#state.answer.mark.savedUsd, savedMs);
    return { kind: 'whole', body, bill, ...this.decided };
  }

  /** The answer was delivered. @param savedUsd - `null` if unknown */
  succeed(savedUsd: number | null, savedMs: number): Outcome {
    const { mark, model } = this.#state.answer;
    if (!this.#isOver) {
      const result = mark.why === 'shared' ? 'shared' : mark.status;
      this.#parts.tally.hit(result, model, savedUsd, savedMs);
      if (result === 'semantic') this.#parts.semantic?.tally.addSaved(savedUsd, savedMs);
    }
    return this.#end(200, null, savedUsd);
  }

  /** There is no answer, or only a part of it. @param status - HTTP status that the client got */
  fail(error: GatewayError, status: number = error.status): FailedExchange {
    this.#end(status, error, null);
    const { decided } = this;
    // Nothing came from the cache.
    const cache: CacheInfo = {
      status: 'miss',
      why: decided.cache?.why ?? null,
      ageS: null,
      source: null,
      savedUsd: null,
    };
    return { kind: 'failed', error, ...decided, servedModel: null, cache };
  }

  /** The client has disconnected. @param why - if it did not do so by itself */
  abandon(why = new GatewayError('client_closed', 'The client disconnected.')): FailedExchange {
    return this.fail(why);
  }

  #end(status: number, error: GatewayError | null, savedUsd: number | null): Outcome {
    const { books } = this.#parts;
    const { answer, entry, firstByteMs } = this.#state;
    this.cancel();
    const { model, mark } = answer;
    // A follower waits for the upstream, not for the gateway.
    const waitedMs = mark.why === 'shared' ? firstByteMs - this.#cacheable.startedMs : 0;
    return settle(books, entry, {
      status,
      error,
      upstream: null,
      attempts: [],
      summary: null,
      firstByteMs,
      recalled: { model: error === null ? model : null, savedUsd, waitedMs },
    });
  }

  get #state(): Started {
    if (this.#started === null) throw new Error('there is no answer yet');
    return this.#started;
  }
}
