import type { Question } from '../cache/kept-answer.js';
import type { Claim } from '../cache/semantic/error-book.js';
import type { Outcome } from '../account/decision-log.js';
import { settle, type OpenEntry } from '../account/settle.js';
import { GatewayError } from '../core/errors.js';
import { clientRequestIdOf } from '../core/request-headers.js';
import type { Loss } from '../dialects/neutral/losses.js';
import type { CacheMark, Decided, FailedExchange, WholeExchange } from '../request/exchange.js';
import { undecided } from '../request/plan.js';
import type { PlacedRequest, RecallParts } from './landing.js';

/** The answer that a guest is given. */
export interface GuestAnswer {
  /** Who had answered it. */
  readonly model: string;
  readonly simulated: boolean;
  /** What that model was not told. */
  readonly dropped: readonly Loss[];
  readonly mark: CacheMark & { readonly status: 'hit' | 'semantic' };
  /** The key of the kept answer, or of the one under way. */
  readonly key: string;
  /** What was asked, or what the answer was kept for; `null` where neither may be compared with others. */
  readonly question: Question | null;
  /** What was claimed of the answer to another question; `null` for an answer to this one. */
  readonly claim: Claim | null;
}

interface Sitting {
  readonly answer: GuestAnswer;
  readonly entry: OpenEntry;
  readonly firstByteMs: number;
}

/**
 * A request that is answered without asking an upstream: booked like any other, at no cost.
 *
 * Ending it twice changes nothing.
 */
export class Guest {
  readonly #parts: RecallParts;
  readonly #asked: PlacedRequest;
  #sitting: Sitting | null = null;
  #isOver = false;

  /** The request counts as under way from now on. */
  constructor(parts: RecallParts, asked: PlacedRequest) {
    this.#parts = parts;
    this.#asked = asked;
    parts.books.metrics.inFlight.inc();
  }

  /** Its answer is there. Call it once, before anything else. */
  sit(answer: GuestAnswer): this {
    const { books, decisions, newId, given } = this.#parts;
    const { call, request, setup, startedMs, place } = this.#asked;
    const atMs = books.clock.wallMs();
    const decision = undecided({
      id: newId(atMs),
      atMs,
      requested: request.model,
      policy: place.policy,
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
    const { key, question, claim, mark } = answer;
    const { source } = mark;
    const caller = call.caller.name;
    // Who has gone before the answer came was given none.
    if (source !== null) {
      given.note(decision.id, { caller, key, source, question, isFresh: false, claim });
    }
    this.#sitting = { answer, entry, firstByteMs: books.clock.now() };
    return this;
  }

  /** It has to ask an upstream after all: it is not a guest any more. */
  withdraw(): void {
    if (!this.#isOver) this.#parts.books.metrics.inFlight.dec();
    this.#isOver = true;
  }

  /** What the reply's headers are made from. */
  get decided(): Decided {
    const { answer, entry } = this.#seat;
    const { model, simulated, dropped, mark } = answer;
    const { decision } = entry.record;
    return { decision, servedModel: model, expected: null, simulated, dropped, cache: mark };
  }

  get outcome(): Outcome | null {
    return this.#seat.entry.record.outcome;
  }

  /** Gives a whole answer. @param savedMs - that the client did not wait */
  whole(body: Buffer, savedMs: number): WholeExchange {
    const bill = this.succeed(this.#seat.answer.mark.savedUsd, savedMs);
    return { kind: 'whole', body, bill, ...this.decided };
  }

  /** The answer is with the client. @param savedUsd - `null` when unknown */
  succeed(savedUsd: number | null, savedMs: number): Outcome {
    const { mark, model } = this.#seat.answer;
    if (!this.#isOver) {
      const result = mark.why === 'shared' ? 'shared' : mark.status;
      this.#parts.tally.hit(result, model, savedUsd, savedMs);
      if (result === 'semantic') this.#parts.alike?.tally.saved(savedUsd, savedMs);
    }
    return this.#end(200, null, savedUsd);
  }

  /** There is no answer, or only a part of it. @param status - what the client was told */
  fail(error: GatewayError, status: number = error.status): FailedExchange {
    this.#end(status, error, null);
    const { decided } = this;
    // Nothing was given out of the cache.
    const cache: CacheMark = {
      status: 'miss',
      why: decided.cache?.why ?? null,
      ageS: null,
      source: null,
      savedUsd: null,
    };
    return { kind: 'failed', error, ...decided, servedModel: null, cache };
  }

  /** The client has gone. @param why - where it did not go by itself */
  abandon(why = new GatewayError('client_closed', 'the client went away')): FailedExchange {
    return this.fail(why);
  }

  #end(status: number, error: GatewayError | null, savedUsd: number | null): Outcome {
    const { books } = this.#parts;
    const { answer, entry, firstByteMs } = this.#seat;
    this.withdraw();
    const { model, mark } = answer;
    // Whoever waits for another's answer waits for an upstream, not for the gateway.
    const waitedMs = mark.why === 'shared' ? firstByteMs - this.#asked.startedMs : 0;
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

  get #seat(): Sitting {
    if (this.#sitting === null) throw new Error('a guest that has no answer yet');
    return this.#sitting;
  }
}
