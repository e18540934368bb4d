import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../admit/keys.js';
import type { Clock } from '../core/clock.js';
import { Departure } from '../core/departure.js';
import type { ClientDialect } from '../dialects/dialect.js';
import type { ClientSink, Exchange, Pipeline } from '../pipeline.js';
import { readBody } from './body.js';
import { decisionHeaders, type HeaderBill } from './decision-view.js';
import { asGatewayError, openClientStream, sendError, sendJson } from './reply.js';

/** Limits on what one client may take of the server. */
export interface ClientLimits {
  readonly maxBodyBytes: number;
  /** Milliseconds a client may leave bytes unread before it is cut off. */
  readonly writeStallMs: number;
}

/** Sees one exchange: reads the request, and learns of the answer. */
export interface Witness {
  /** The client's, reading requests with what the witness knows. */
  readonly dialect: ClientDialect;
  whole(body: Buffer): void;
  /** @param bytes - whole events, as they are sent on */
  streamed(bytes: Buffer): void;
}

/**
 * `POST /v1/chat/completions` and its like in other dialects, straight on node:http: express would cost
 * more than all the rest.
 */
export class ChatSurface {
  readonly #pipeline: Pipeline;
  readonly #dialect: ClientDialect;
  readonly #clock: Clock;
  readonly #limits: () => ClientLimits;
  readonly #witnessFor: ((caller: Caller) => Witness) | null;

  /** @param witnessFor - who sees the exchanges of a caller; by default nobody */
  constructor(
    pipeline: Pipeline,
    dialect: ClientDialect,
    clock: Clock,
    limits: () => ClientLimits,
    witnessFor: ((caller: Caller) => Witness) | null = null,
  ) {
    this.#pipeline = pipeline;
    this.#dialect = dialect;
    this.#clock = clock;
    this.#limits = limits;
    this.#witnessFor = witnessFor;
  }

  /** Answers one request; never rejects. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const limits = this.#limits();
    try {
      const call = await this.#receive(req, res, limits);
      const witness = this.#witnessFor?.(call.caller) ?? null;
      const exchange = await this.#pipeline.chat(
        witness === null ? call : { ...call, dialect: witness.dialect },
      );
      this.#deliver(res, exchange, limits, witness);
    } catch (thrown) {
      this.#refuse(res, thrown);
    }
  }

  /** Tells how many tokens one request comes to; never rejects. */
  async count(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const call = await this.#receive(req, res, this.#limits());
      const { inputTokens, estimated } = await this.#pipeline.countTokens(call);
      const { writeCount } = this.#dialect;
      const json = writeCount?.(inputTokens) ?? JSON.stringify({ input_tokens: inputTokens });
      const body = Buffer.from(json);
      sendJson(res, body, estimated ? { 'x-suffice-estimated': 'true' } : {});
    } catch (thrown) {
      this.#refuse(res, thrown);
    }
  }

  async #receive(req: IncomingMessage, res: ServerResponse, limits: ClientLimits) {
    const gone = new Departure();
    // 'close' comes for a finished reply too, when there is nothing left to stop.
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    const { headers } = req;
    const caller = this.#pipeline.admit(headers);
    const body = await readBody(req, limits.maxBodyBytes);
    return { dialect: this.#dialect, headers, body, caller, signal: gone };
  }

  #refuse(res: ServerResponse, thrown: unknown): void {
    const error = asGatewayError(thrown);
    this.#pipeline.refused(error);
    sendError(res, error, {}, this.#dialect.writeError);
  }

  #deliver(
    res: ServerResponse,
    exchange: Exchange,
    limits: ClientLimits,
    witness: Witness | null,
  ): void {
    const headers = (bill: HeaderBill | null) => decisionHeaders(exchange, bill);
    switch (exchange.kind) {
      case 'failed':
        sendError(res, exchange.error, headers(null), this.#dialect.writeError);
        return;
      case 'whole':
        witness?.whole(exchange.body);
        sendJson(res, exchange.body, headers({ ...exchange.bill, expected: false }));
        return;
      case 'stream': {
        const client = openClientStream(
          res,
          headers(billAhead(exchange)),
          () => {
            exchange.drained();
          },
          {
            clock: this.#clock,
            stallMs: limits.writeStallMs,
          },
          this.#dialect.streamForm,
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
}

function seenBy(witness: Witness, client: ClientSink): ClientSink {
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
    return { costUsd: 0, savedUsd: cache.savedUsd, expected: false };
  }
  return { costUsd: expected?.costUsd ?? null, savedUsd: null, expected: true };
}
