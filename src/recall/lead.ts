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

/** Time to fetch a text that is only needed to learn from it. */
const FETCH_MS = 1_000;

const MISS: CacheMark = { status: 'miss', why: null, ageS: null, source: null, savedUsd: null };

/**
 * Calls a model, shares the answer with all followers, and stores it.
 *
 * The call goes on as long as any client waits for it, even if the leader's client has disconnected.
 */
export async function lead(
  parts: RecallParts,
  asked: PlacedRequest,
  callModel: Ask,
): Promise<Exchange> {
  const { cache, tally } = parts;
  const { call, request, place: lookup } = asked;
  const inFlight = cache.openFlight(lookup.key, request.stream, lookup.order);
  const close = (): void => {
    cache.closeFlight(lookup.key, request.stream, inFlight);
  };
  inFlight.board(call.signal);
  tally.miss();
  let exchange: Exchange;
  try {
    exchange = { cache: MISS, ...(await callModel(inFlight.signal, request.stream)) };
  } catch (error) {
    close();
    inFlight.land({ kind: 'threw', error });
    throw error;
  }
  if (exchange.kind === 'stream') return leadStream(parts, asked, { exchange, inFlight, close });
  if (exchange.kind === 'whole') keepWhole(parts, asked, exchange, inFlight.tags);
  close();
  inFlight.land(exchange);
  return exchange;
}

/**
 * Stores an answer, and learns from it whether the nearest cached one would have been right.
 *
 * An answer that is not stored is counted. It never throws: clients wait for the answer, whether or not it can be stored.
 */
export function keepAnswer(parts: RecallParts, asked: PlacedRequest, answer: FreshAnswer): void {
  try {
    storeOrThrow(parts, asked, answer);
  } catch (err) {
    parts.books.log.error({ decisionId: answer.exchange.decision.id, err }, 'bug');
  }
}

function storeOrThrow(parts: RecallParts, asked: PlacedRequest, answer: FreshAnswer): void {
  learn(parts, asked, answer);
  const { cache, books, tally, given: servedAnswers } = parts;
  const { place: lookup, startedMs, call, request } = asked;
  const { exchange, payload, costUsd, tags } = answer;
  const { decision, servedModel, simulated, dropped } = exchange;
  // Something was dropped from the request or from the answer. Another model might not drop it, and a client
  // that gets the answer from the cache would not be told.
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
  const { key, order: control, forms, settings, searches: usesProviderTools } = lookup;
  const repeated = request.parsed;
  const question = lookup.question();
  const unkept = cache.keep(
    {
      key,
      question,
      order: control,
      tags,
      facts,
      payload,
      searches: usesProviderTools,
      repeated,
    },
    forms,
    settings,
  );
  tally.offered(unkept);
  if (unkept !== null) return;
  const [caller, source] = [call.caller.name, decision.id];
  servedAnswers.note(decision.id, { caller, key, source, question, isFresh: true, claim: null });
}

function learn(parts: RecallParts, asked: PlacedRequest, answer: FreshAnswer): void {
  const { alike: nearest } = asked;
  if (nearest === null) return;
  if (isHeld(nearest.kept)) {
    compare(parts, asked, answer, nearest.kept);
    return;
  }
  // No client waits for this.
  void parts.shared?.fetch(nearest.kept, FETCH_MS).then((kept) => {
    if (kept !== null) compare(parts, asked, answer, kept);
  });
}

function compare(
  { alike: semantic }: RecallParts,
  { alike: nearest, place: lookup }: PlacedRequest,
  answer: FreshAnswer,
  kept: HeldAnswer,
): void {
  const fresh = wholeOf(answer.payload, lookup.forms);
  const cached = wholeOf(kept.payload, lookup.forms);
  if (semantic === null || nearest === null || fresh === null || cached === null) return;
  semantic.answers.compare(nearest, lookup.forms.textOf(fresh), lookup.forms.textOf(cached));
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
  /** Of all requests that share it. */
  readonly tags: readonly string[];
}

interface LedStream {
  readonly exchange: Exchange & ExchangeStream;
  readonly inFlight: Flight<Landing>;
  readonly close: () => void;
}

function leadStream(
  parts: RecallParts,
  asked: PlacedRequest,
  { exchange, inFlight, close }: LedStream,
): Exchange {
  const { forms } = asked.place;
  let failure: GatewayError | null = null;
  let resolveEnd: (end: readonly TimedFrame[] | GatewayError | null) => void = () => undefined;
  const ended = new Promise<readonly TimedFrame[] | GatewayError | null>((resolve) => {
    resolveEnd = resolve;
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
        keepAnswer(parts, asked, { exchange, payload, costUsd, tags: inFlight.tags });
      } else if (failure === null) {
        parts.tally.offered('too_large');
      }
      close();
      resolveEnd(failure ?? frames);
    },
  });
  inFlight.land({ kind: 'stream', broadcast, exchange, ended });
  // The exchange is settled right after it has signalled its end. Listeners read the settled outcome, so
  // they are notified in the next microtask.
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
  return leaderExchange(exchange, broadcast, asked.request.includeUsage);
}

function leaderExchange(
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
    // The request in flight tracks its clients: the stream goes on if others listen.
    abandon: () => listener?.leave(),
  };
}
