import type { Listener, ListenerSink } from '../cache/broadcast.js';
import { untilGone, type Flight } from '../cache/flight.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange, WholeExchange } from '../request/exchange.js';
import type { ClientSink } from '../upstream/failover.js';
import { addressTo } from './address.js';
import { Guest, type GuestAnswer } from './guest.js';
import type { Ask, Landing, PlacedRequest, RecallParts, SharedStream } from './landing.js';

/** A request that shares the leader's answer, and what it does if that is not possible. */
interface Follower {
  readonly asked: PlacedRequest;
  readonly reply: Guest;
  /** Calls a model for this request alone. */
  readonly askAlone: () => Promise<Exchange>;
}

/** Waits for the answer to an identical request that is in flight for another client. */
export async function follow(
  parts: RecallParts,
  asked: PlacedRequest,
  inFlight: Flight<Landing>,
  callModel: Ask,
): Promise<Exchange> {
  const { call, request } = asked;
  const reply = new Guest(parts, asked);
  const follower: Follower = {
    asked,
    reply,
    askAlone: () => {
      reply.withdraw();
      return callModel(call.signal, false);
    },
  };
  inFlight.board(call.signal);
  inFlight.addTags(asked.place.order.tags);
  const result = await inFlight.wait(call.signal);
  if (result === null) return reply.sit(sharedWith(asked, null)).abandon();
  switch (result.kind) {
    case 'threw':
      reply.withdraw();
      throw result.error;
    case 'failed':
      return reply.sit(sharedWith(asked, result)).fail(result.error);
    case 'whole':
      return takeWhole(follower, result);
    case 'stream':
      return request.stream ? followStream(follower, result) : collectStream(follower, result);
  }
}

function sharedWith(
  { request, place: lookup }: PlacedRequest,
  leader: Exchange | null,
  savedUsd: number | null = null,
): GuestAnswer {
  const source = leader?.decision.id ?? null;
  return {
    model: leader?.servedModel ?? leader?.decision.model ?? request.model,
    simulated: leader?.simulated ?? false,
    dropped: leader?.dropped ?? [],
    mark: { status: 'hit', why: 'shared', ageS: 0, source, savedUsd },
    key: lookup.key,
    // Feedback finds it through the cached answer, once that is stored.
    question: null,
    claim: null,
  };
}

function takeWhole(
  { asked, reply, askAlone }: Follower,
  leader: WholeExchange,
): Exchange | Promise<Exchange> {
  // Streamed requests resolve to streams, so only a client that does not stream gets here.
  if (asked.request.stream) return askAlone();
  reply.sit(sharedWith(asked, leader, leader.bill.answerUsd));
  return reply.whole(addressTo(asked, reply.decided).whole(leader.body), 0);
}

/** The stream as a whole answer, once it is complete. */
async function collectStream(
  { asked, reply, askAlone }: Follower,
  { ended, exchange }: SharedStream,
): Promise<Exchange> {
  const settled = await untilGone(
    ended.then((end) => ({ end })),
    asked.call.signal,
  );
  if (settled === null) return reply.sit(sharedWith(asked, exchange)).abandon();
  const { end } = settled;
  if (end instanceof GatewayError) return reply.sit(sharedWith(asked, exchange)).fail(end);
  const body = end === null ? null : asked.place.forms.wholeOf(end);
  // The stream cannot be converted to a whole answer.
  if (body === null) return askAlone();
  const savedUsd = exchange.outcome()?.answerUsd ?? null;
  reply.sit(sharedWith(asked, exchange, savedUsd));
  return reply.whole(addressTo(asked, reply.decided).whole(body), 0);
}

/** The stream itself, from its beginning. */
function followStream(
  { asked, reply, askAlone }: Follower,
  { broadcast, exchange }: SharedStream,
): Exchange | Promise<Exchange> {
  if (!broadcast.hasBeginning) return askAlone();
  reply.sit(sharedWith(asked, exchange));
  const address = addressTo(asked, reply.decided);
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
