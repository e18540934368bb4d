import type { Listener, ListenerSink } from '../cache/broadcast.js';
import { untilAborted, type InFlightRequest } from '../cache/in-flight-request.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange, WholeExchange } from '../request/exchange.js';
import type { ClientSink } from '../upstream/failover.js';
import { rewriterFor } from './rewriter.js';
import { CachedExchange, type ReusedAnswer } from './cached-exchange.js';
import type {
  CallModel,
  SharedResult,
  CacheableRequest,
  RecallParts,
  SharedStream,
} from './types.js';

/** A request that shares the leader's answer, and what it does if that is not possible. */
interface Follower {
  readonly asked: CacheableRequest;
  readonly reply: CachedExchange;
  /** Calls a model for this request alone. */
  readonly askAlone: () => Promise<Exchange>;
}

/** Waits for the answer to an identical request that is in flight for another client. */
export async function follow(
  parts: RecallParts,
  asked: CacheableRequest,
  inFlight: InFlightRequest<SharedResult>,
  callModel: CallModel,
): Promise<Exchange> {
  const { call, request } = asked;
  const reply = new CachedExchange(parts, asked);
  const follower: Follower = {
    asked,
    reply,
    askAlone: () => {
      reply.cancel();
      return callModel(call.signal, false);
    },
  };
  inFlight.join(call.signal);
  inFlight.addTags(asked.lookup.control.tags);
  const result = await inFlight.wait(call.signal);
  if (result === null) return reply.start(sharedWith(asked, null)).abandon();
  switch (result.kind) {
    case 'threw':
      reply.cancel();
      throw result.error;
    case 'failed':
      return reply.start(sharedWith(asked, result)).fail(result.error);
    case 'whole':
      return takeWhole(follower, result);
    case 'stream':
      return request.stream ? followStream(follower, result) : collectStream(follower, result);
  }
}

function sharedWith(
  { request, lookup }: CacheableRequest,
  leader: Exchange | null,
  savedUsd: number | null = null,
): ReusedAnswer {
  const source = leader?.decision.id ?? null;
  return {
    model: leader?.servedModel ?? leader?.decision.model ?? request.model,
    simulated: leader?.simulated ?? false,
    dropped: leader?.dropped ?? [],
    mark: { status: 'hit', why: 'shared', ageS: 0, source, savedUsd },
    key: lookup.key,
    // Feedback finds it through the cached answer, once that is stored.
    question: null,
    prediction: null,
  };
}

function takeWhole(
  { asked, reply, askAlone }: Follower,
  leader: WholeExchange,
): Exchange | Promise<Exchange> {
  // Streamed requests resolve to streams, so only a client that does not stream gets here.
  if (asked.request.stream) return askAlone();
  reply.start(sharedWith(asked, leader, leader.bill.answerUsd));
  return reply.succeedWhole(rewriterFor(asked, reply.decided).whole(leader.body), 0);
}

/** The stream as a whole answer, once it is complete. */
async function collectStream(
  { asked, reply, askAlone }: Follower,
  { ended, exchange }: SharedStream,
): Promise<Exchange> {
  const settled = await untilAborted(
    ended.then((end) => ({ end })),
    asked.call.signal,
  );
  if (settled === null) return reply.start(sharedWith(asked, exchange)).abandon();
  const { end } = settled;
  if (end instanceof GatewayError) return reply.start(sharedWith(asked, exchange)).fail(end);
  const body = end === null ? null : asked.lookup.forms.joinFrames(end);
  // The stream cannot be converted to a whole answer.
  if (body === null) return askAlone();
  const savedUsd = exchange.outcome()?.answerUsd ?? null;
  reply.start(sharedWith(asked, exchange, savedUsd));
  return reply.succeedWhole(rewriterFor(asked, reply.decided).whole(body), 0);
}

/** The stream itself, from its beginning. */
function followStream(
  { asked, reply, askAlone }: Follower,
  { broadcast, exchange }: SharedStream,
): Exchange | Promise<Exchange> {
  if (!broadcast.hasBeginning) return askAlone();
  reply.start(sharedWith(asked, exchange));
  const address = rewriterFor(asked, reply.decided);
  let listener: Listener | null = null;
  const sinkFor = (client: ClientSink): ListenerSink => ({
    write: (bytes) => client.write(address.streamed(bytes)),
    end: () => {
      client.end();
      reply.succeed(exchange.outcome()?.answerUsd ?? null, 0);
    },
    fail: (error, lastBytes) => {
      client.fail(error, address.streamed(lastBytes));
      // The status line has been sent already.
      reply.fail(error, 200);
    },
  });
  return {
    kind: 'stream',
    ...reply.decided,
    pipe: (client) => {
      listener = broadcast.listen(sinkFor(client), asked.request.includeUsage);
    },
    drained: () => listener?.drained(),
    abandon: (why) => {
      listener?.leave();
      reply.abandon(why);
    },
    outcome: () => reply.outcome,
    lost: () => exchange.lost(),
  };
}
