import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import { Departure } from '../core/departure.js';
import type { Exchange, Pipeline } from '../pipeline.js';
import { readBody } from './body.js';
import { decisionHeaders, type HeaderBill } from './decision-view.js';
import { asGatewayError, openClientStream, sendError, sendJson } from './reply.js';

/** Limits on what one client may take of the server. */
export interface ClientLimits {
  readonly maxBodyBytes: number;
  /** Milliseconds a client may leave bytes unread before it is cut off. */
  readonly writeStallMs: number;
}

/** `POST /v1/chat/completions`, straight on node:http: express would cost more than all the rest. */
export class ChatSurface {
  readonly #pipeline: Pipeline;
  readonly #clock: Clock;
  readonly #limits: () => ClientLimits;

  constructor(pipeline: Pipeline, clock: Clock, limits: () => ClientLimits) {
    this.#pipeline = pipeline;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Answers one request; never rejects. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const gone = new Departure();
    // 'close' comes for a finished reply too, when there is nothing left to stop.
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    const limits = this.#limits();
    try {
      const caller = this.#pipeline.admit(req.headers);
      const body = await readBody(req, limits.maxBodyBytes);
      const exchange = await this.#pipeline.chat({ body, caller, signal: gone });
      this.#deliver(res, exchange, limits);
    } catch (thrown) {
      const error = asGatewayError(thrown);
      this.#pipeline.refused(error);
      sendError(res, error);
    }
  }

  #deliver(res: ServerResponse, exchange: Exchange, limits: ClientLimits): void {
    const headers = (bill: HeaderBill | null) => decisionHeaders(exchange, bill);
    switch (exchange.kind) {
      case 'failed':
        sendError(res, exchange.error, headers(null));
        return;
      case 'whole':
        sendJson(res, exchange.body, headers({ ...exchange.bill, expected: false }));
        return;
      case 'stream': {
        const costUsd = exchange.expected?.costUsd ?? null;
        const bill = { costUsd, savedUsd: null, expected: true };
        const client = openClientStream(
          res,
          headers(bill),
          () => {
            exchange.drained();
          },
          {
            clock: this.#clock,
            stallMs: limits.writeStallMs,
          },
        );
        res.once('close', () => {
          exchange.abandon();
        });
        exchange.pipe(client);
        // The client may have gone before there was anything to close.
        if (res.destroyed) exchange.abandon();
      }
    }
  }
}
