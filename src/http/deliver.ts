import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import { Departure } from '../core/departure.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange } from '../request/exchange.js';
import type { ClientSink } from '../pipeline.js';
import { decisionHeaders, type HeaderBill } from './decision-view.js';
import { openClientStream, sendError, sendJson, type WireForm } from './reply.js';
import type { Pace } from './stall.js';

/** Learns of an answer before the client does. */
export interface AnswerWitness {
  whole(body: Buffer): void;
  /** @param bytes - whole events, as they are sent on */
  streamed(bytes: Buffer): void;
}

/** What happens to a client that leaves its answer unread. */
export interface Patience {
  readonly clock: Clock;
  /** Milliseconds a client may leave bytes unread before it is cut off. */
  readonly stallMs: number;
  /** Hears of a client that is cut off where the line of its request does not say so: it had been written. */
  readonly onCutOff: (decisionId: string, message: string) => void;
}

/** How a reply is worded, and how long its reader may take. */
export interface Delivery {
  readonly patience: Patience;
  /** An error in the client's dialect. */
  readonly writeError: (error: GatewayError) => string;
  /** Absent where streams are events. */
  readonly form?: WireForm | undefined;
  readonly witness?: AnswerWitness | null;
  /** Further headers of a stream. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Aborts when the client goes before it has its whole reply. */
export function departureOf(res: ServerResponse): Departure {
  const gone = new Departure();
  // 'close' comes for a finished reply too, when there is nothing left to stop.
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return gone;
}

/** Sends what came of a request, with the headers of its decision. */
export function sendExchange(res: ServerResponse, exchange: Exchange, delivery: Delivery): void {
  const headers = (bill: HeaderBill | null) => decisionHeaders(exchange, bill);
  const { witness = null } = delivery;
  switch (exchange.kind) {
    case 'failed':
      sendError(res, exchange.error, headers(null), delivery.writeError);
      return;
    case 'whole': {
      witness?.whole(exchange.body);
      const { costUsd, answerUsd, savedUsd, usage } = exchange.bill;
      // What failed before it is never told.
      const isEstimated = usage?.estimated === true || costUsd !== answerUsd;
      const basis = isEstimated ? 'estimated' : 'usage';
      const pace = paceOf(exchange, delivery.patience);
      sendJson(res, exchange.body, headers({ costUsd, savedUsd, basis }), pace);
      return;
    }
    case 'stream': {
      const client = openClientStream(
        res,
        { ...headers(billAhead(exchange)), ...delivery.headers },
        () => {
          exchange.drained();
        },
        paceOf(exchange, delivery.patience),
        delivery.form,
      );
      res.once('close', () => {
        exchange.abandon();
      });
      exchange.pipe(witness === null ? client : seenBy(witness, client));
      // The client may have gone before there was anything to close.
      if (res.destroyed) exchange.abandon();
    }
  }
}

function paceOf(exchange: Exchange, { clock, stallMs, onCutOff }: Patience): Pace {
  return {
    clock,
    stallMs,
    onStall: () => {
      const message = `the client read nothing of its answer for ${stallMs} ms and was cut off`;
      const isUnderWay = exchange.kind === 'stream' && exchange.outcome() === null;
      if (isUnderWay) exchange.abandon(new GatewayError('client_closed', message));
      // Booked already, or shared with others who go on.
      if (!isUnderWay || exchange.outcome() === null) onCutOff(exchange.decision.id, message);
    },
  };
}

function seenBy(witness: AnswerWitness, client: ClientSink): ClientSink {
  return {
    write: (bytes) => {
      // Before the client has it: the next request may come at once.
      witness.streamed(bytes);
      return client.write(bytes);
    },
    end: () => {
      client.end();
    },
    fail: (error, lastBytes) => {
      client.fail(error, lastBytes);
    },
  };
}

/** What is known of a stream's cost before it has flowed: a kept one costs nothing. */
function billAhead({ cache, expected }: Exchange): HeaderBill {
  if (cache?.status === 'hit' || cache?.status === 'semantic') {
    return { costUsd: 0, savedUsd: cache.savedUsd, basis: 'usage' };
  }
  return { costUsd: expected?.costUsd ?? null, savedUsd: null, basis: 'expected' };
}
