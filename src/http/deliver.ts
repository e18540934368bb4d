import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import { DisconnectSignal } from '../core/disconnect-signal.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange } from '../request/exchange.js';
import type { ClientSink } from '../pipeline.js';
import { decisionHeaders, type HeaderBill } from './decision-view.js';
import { openClientStream, sendError, sendJson, type WireForm } from './reply.js';
import type { StallLimit } from './stall.js';

/** Observes an answer before it is sent to the client. */
export interface AnswerObserver {
  onWhole(body: Buffer): void;
  /** @param bytes - whole events, as sent to the client */
  onStreamed(bytes: Buffer): void;
}

/** Handling of clients that do not read their answer. */
export interface StallPolicy {
  readonly clock: Clock;
  /** Milliseconds a client may leave bytes unread before it is cut off. */
  readonly stallMs: number;
  /** Called for a client that is cut off after its request's log line was written, which therefore does not say so. */
  readonly onCutOff: (decisionId: string, message: string) => void;
}

/** How to send a reply. */
export interface DeliveryOptions {
  readonly stallPolicy: StallPolicy;
  /** Writes an error in the client's dialect. */
  readonly writeError: (error: GatewayError) => string;
  /** The stream's wire form; by default server-sent events. */
  readonly form?: WireForm | undefined;
  readonly observer?: AnswerObserver | null;
  /** Further headers of a stream. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A signal that aborts when the client disconnects before it has the whole reply. */
export function disconnectSignal(res: ServerResponse): DisconnectSignal {
  const signal = new DisconnectSignal();
  // 'close' is also emitted for finished replies, when there is nothing left to abort.
  res.once('close', () => {
    if (!res.writableFinished) signal.abort();
  });
  return signal;
}

/** Sends an exchange to the client, with the headers of its decision. */
export function sendExchange(
  res: ServerResponse,
  exchange: Exchange,
  delivery: DeliveryOptions,
): void {
  const headers = (bill: HeaderBill | null) => decisionHeaders(exchange, bill);
  const { observer = null } = delivery;
  switch (exchange.kind) {
    case 'failed':
      sendError(res, exchange.error, headers(null), delivery.writeError);
      return;
    case 'whole': {
      observer?.onWhole(exchange.body);
      const { costUsd, answerUsd, savedUsd, usage } = exchange.bill;
      // The usage of failed attempts is never reported.
      const isEstimated = usage?.estimated === true || costUsd !== answerUsd;
      const basis = isEstimated ? 'estimated' : 'usage';
      const pace = paceOf(exchange, delivery.stallPolicy);
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
        paceOf(exchange, delivery.stallPolicy),
        delivery.form,
      );
      res.once('close', () => {
        exchange.abandon();
      });
      exchange.pipe(observer === null ? client : observedBy(observer, client));
      // The client may have disconnected before the 'close' listener was added.
      if (res.destroyed) exchange.abandon();
    }
  }
}

function paceOf(exchange: Exchange, { clock, stallMs, onCutOff }: StallPolicy): StallLimit {
  return {
    clock,
    stallMs,
    onStall: () => {
      const message = `The client read none of its answer for ${stallMs} ms and was disconnected.`;
      const isUnderWay = exchange.kind === 'stream' && exchange.outcome() === null;
      if (isUnderWay) exchange.abandon(new GatewayError('client_closed', message));
      // Settled already, or shared with other clients that read on.
      if (!isUnderWay || exchange.outcome() === null) onCutOff(exchange.decision.id, message);
    },
  };
}

function observedBy(witness: AnswerObserver, client: ClientSink): ClientSink {
  return {
    write: (bytes) => {
      // Before the client gets it: its next request may come at once.
      witness.onStreamed(bytes);
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

/** The cost of a stream before it is sent: expected, or nothing for a cached answer. */
function billAhead({ cache, expected }: Exchange): HeaderBill {
  if (cache?.status === 'hit' || cache?.status === 'semantic') {
    return { costUsd: 0, savedUsd: cache.savedUsd, basis: 'usage' };
  }
  return { costUsd: expected?.costUsd ?? null, savedUsd: null, basis: 'expected' };
}
