import { Broadcast, type Listener } from '../cache/broadcast.js';
import type { Flight } from '../cache/flight.js';
import {
  isHeld,
  wholeOf,
  type AnswerPayload,
  type HeldAnswer,
  type TimedFrame,
} from '../cache/kept-answer.js';
import type { GatewayError } from '../core/errors.js';
import type { CacheMark, Exchange, ExchangeStream, WholeExchange } from '../request/exchange.js';
import type { Ask, Landing, PlacedRequest, RecallParts } from './landing.js';

/** For words that only teach something. */
const WORDS_MS = 1_000;

const MISS: CacheMark = { status: 'miss', why: null, ageS: null, source: null, savedUsd: null };

/**
 * Asks for an answer, tells all who wait for the same one, and keeps it.
 *
 * The upstream is asked as long as anybody waits, whether or not the client that asked first does.
 */
export async function lead(parts: RecallParts, asked: PlacedRequest, ask: Ask): Promise<Exchange> {
  const { cache, tally } = parts;
  const { call, request, place } = asked;
  const flight = cache.openFlight(place.key, request.stream, place.order);
  const close = (): void => {
    cache.closeFlight(place.key, request.stream, flight);
  };
  flight.board(call.signal);
  tally.miss();
  let exchange: Exchange;
  try {
    exchange = { cache: MISS, ...(await ask(flight.signal, request.stream)) };
  } catch (error) {
    close();
    flight.land({ kind: 'threw', error });
    throw error;
  }
  if (exchange.kind === 'stream') return leadStream(parts, asked, { exchange, flight, close });
  if (exchange.kind === 'whole') keepWhole(parts, asked, exchange, flight.tags);
  close();
  flight.land(exchange);
  return exchange;
}

/**
 * Keeps an answer, and learns from it what the kept one that came nearest would have been worth.
 *
 * What is kept may be given again, and what is not kept is counted. It never throws: clients wait for the answer, whether
 * or not it can be kept.
 */
export function keepAnswer(parts: RecallParts, asked: PlacedRequest, answer: FreshAnswer): void {
  try {
    keepOrThrow(parts, asked, answer);
  } catch (err) {
    parts.books.log.error({ decisionId: answer.exchange.decision.id, err }, 'bug');
  }
}

function keepOrThrow(parts: RecallParts, asked: PlacedRequest, answer: FreshAnswer): void {
  learn(parts, asked, answer);
  const { cache, books, tally, given } = parts;
  const { place, startedMs, call, request } = asked;
  const { exchange, payload, costUsd, tags } = answer;
  const { decision, servedModel, simulated, dropped } = exchange;
  // The model was not told all that was asked, or the client not all that was answered: where it is asked
  // later, that may be otherwise, and whoever is given it again would not be told.
  if (dropped.length > 0 || (exchange.kind === 'stream' && exchange.lost().length > 0)) {
    tally.offered('lossy');
    return;
  }
  const facts = {
    source: decision.id,
    model: servedModel ?? decision.model,
    costUsd,
    tookMs: books.clock.now() - startedMs,
    simulated,
  };
  const { key, order, forms, settings, searches } = place;
  const repeated = request.parsed;
  const question = place.question();
  const fresh = { key, question, order, tags, facts, payload, searches, repeated };
  const unkept = cache.keep(fresh, forms, settings);
  tally.offered(unkept);
  if (unkept !== null) return;
  const [caller, source] = [call.caller.name, decision.id];
  given.note(decision.id, { caller, key, source, question, isFresh: true, claim: null });
}

function learn(parts: RecallParts, asked: PlacedRequest, answer: FreshAnswer): void {
  const { alike } = asked;
  if (alike === null) return;
  if (isHeld(alike.kept)) {
    compare(parts, asked, answer, alike.kept);
    return;
  }
  // Nobody waits for what is learnt.
  void parts.shared?.fetch(alike.kept, WORDS_MS).then((kept) => {
    if (kept !== null) compare(parts, asked, answer, kept);
  });
}

function compare(
  { alike: tools }: RecallParts,
  { alike, place }: PlacedRequest,
  answer: FreshAnswer,
  kept: HeldAnswer,
): void {
  const now = wholeOf(answer.payload, place.forms);
  const then = wholeOf(kept.payload, place.forms);
  if (tools === null || alike === null || now === null || then === null) return;
  tools.answers.compare(alike, place.forms.textOf(now), place.forms.textOf(then));
}

function keepWhole(
  parts: RecallParts,
  asked: PlacedRequest,
  exchange: WholeExchange,
  tags: readonly string[],
): void {
  const { body, bill } = exchange;
  const payload = { form: 'whole', body } as const;
  keepAnswer(parts, asked, { exchange, payload, costUsd: bill.answerUsd, tags });
}

interface FreshAnswer {
  readonly exchange: Exchange;
  readonly payload: AnswerPayload;
  readonly costUsd: number | null;
  /** Of all who are given it now. */
  readonly tags: readonly string[];
}

interface LedStream {
  readonly exchange: Exchange & ExchangeStream;
  readonly flight: Flight<Landing>;
  readonly close: () => void;
}

function leadStream(
  parts: RecallParts,
  asked: PlacedRequest,
  { exchange, flight, close }: LedStream,
): Exchange {
  const { forms } = asked.place;
  let failure: GatewayError | null = null;
  let tellEnd: (end: readonly TimedFrame[] | GatewayError | null) => void = () => undefined;
  const ended = new Promise<readonly TimedFrame[] | GatewayError | null>((resolve) => {
    tellEnd = resolve;
  });
  const broadcast = new Broadcast({
    clock: parts.books.clock,
    maxBytes: parts.cache.maxEntryBytes,
    framesIn: (bytes) => forms.framesIn(bytes),
    onDrained: () => {
      exchange.drained();
    },
    onOverflow: close,
    onEnd: (frames) => {
      if (frames !== null) {
        const costUsd = exchange.outcome()?.answerUsd ?? null;
        const payload = { form: 'stream', frames } as const;
        keepAnswer(parts, asked, { exchange, payload, costUsd, tags: flight.tags });
      } else if (failure === null) {
        parts.tally.offered('too_large');
      }
      close();
      tellEnd(failure ?? frames);
    },
  });
  flight.land({ kind: 'stream', broadcast, exchange, ended });
  // The exchange is booked right after it has told its end: whoever hears of the end looks at what
  // was booked, so they hear of it a moment later.
  exchange.pipe({
    write: (bytes) => broadcast.write(bytes),
    end: () => {
      queueMicrotask(() => {
        broadcast.end();
      });
    },
    fail: (error, lastBytes) => {
      queueMicrotask(() => {
        failure = error;
        broadcast.fail(error, lastBytes);
      });
    },
  });
  return heardByLeader(exchange, broadcast, asked.request.includeUsage);
}

function heardByLeader(
  exchange: Exchange & ExchangeStream,
  broadcast: Broadcast,
  includeUsage: boolean,
): Exchange {
  let listener: Listener | null = null;
  return {
    ...exchange,
    pipe: (client) => {
      listener = broadcast.listen(client, includeUsage);
    },
    drained: () => listener?.drained(),
    // The flight minds that the client has gone; the stream goes on if others hear it.
    abandon: () => listener?.leave(),
  };
}
