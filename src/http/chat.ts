import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../admit/keys.js';
import type { ClientDialect } from '../dialects/dialect.js';
import type { Pipeline } from '../pipeline.js';
import { readBody } from './body.js';
import { departureOf, sendExchange, type AnswerWitness, type Patience } from './deliver.js';
import { withModel } from './named-model.js';
import { askedIn, asGatewayError, sendError, sendJson } from './reply.js';

/** Limits on what one client may take of the server. */
export interface ClientLimits {
  readonly maxBodyBytes: number;
  /** Of bodies that are passed on as they come. */
  readonly maxUploadBytes: number;
  readonly patience: Patience;
}

/** Sees one exchange: reads the request, and learns of the answer. */
export interface Witness extends AnswerWitness {
  /** The client's, reading requests with what the witness knows. */
  readonly dialect: ClientDialect;
}

/**
 * `POST /v1/chat/completions` and its like in other dialects, straight on node:http: express would cost
 * more than all the rest.
 */
export class ChatSurface {
  readonly #pipeline: Pipeline;
  readonly #dialect: ClientDialect;
  readonly #limits: () => ClientLimits;
  readonly #witnessFor: ((caller: Caller) => Witness) | null;

  /** @param witnessFor - who sees the exchanges of a caller; by default nobody */
  constructor(
    pipeline: Pipeline,
    dialect: ClientDialect,
    limits: () => ClientLimits,
    witnessFor: ((caller: Caller) => Witness) | null = null,
  ) {
    this.#pipeline = pipeline;
    this.#dialect = dialect;
    this.#limits = limits;
    this.#witnessFor = witnessFor;
  }

  /**
   * Answers one request; never rejects.
   *
   * @param model - what the address names, whatever the body says; `null` where it names none
   */
  async handle(
    req: IncomingMessage,
    res: ServerResponse,
    model: string | null = null,
  ): Promise<void> {
    const limits = this.#limits();
    try {
      const call = await this.#receive(req, res, limits, model);
      const witness = this.#witnessFor?.(call.caller) ?? null;
      const exchange = await this.#pipeline.chat(
        witness === null ? call : { ...call, dialect: witness.dialect },
      );
      const { writeError, streamForm: form } = this.#dialect;
      const { patience } = limits;
      sendExchange(res, exchange, { patience, writeError, form, witness });
    } catch (thrown) {
      this.#refuse(req, res, thrown);
    }
  }

  /** Tells how many tokens one request comes to; never rejects. */
  async count(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const call = await this.#receive(req, res, this.#limits(), null);
      const { inputTokens, estimated } = await this.#pipeline.countTokens(call);
      const { writeCount } = this.#dialect;
      const json = writeCount?.(inputTokens) ?? JSON.stringify({ input_tokens: inputTokens });
      const body = Buffer.from(json);
      sendJson(res, body, estimated ? { 'x-suffice-estimated': 'true' } : {}, null);
    } catch (thrown) {
      this.#refuse(req, res, thrown);
    }
  }

  async #receive(
    req: IncomingMessage,
    res: ServerResponse,
    limits: ClientLimits,
    model: string | null,
  ) {
    const signal = departureOf(res);
    const { headers } = req;
    const caller = this.#pipeline.admit(headers);
    const body = withModel(await readBody(req, limits.maxBodyBytes), model);
    return { dialect: this.#dialect, headers, body, caller, signal };
  }

  #refuse(req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
    const error = asGatewayError(thrown);
    const requestId = this.#pipeline.refused(error, askedIn(req));
    sendError(res, error, { 'x-request-id': requestId }, this.#dialect.writeError);
  }
}
