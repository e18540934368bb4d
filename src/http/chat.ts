import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../admit/keys.js';
import type { ClientDialect } from '../dialects/dialect.js';
import type { Pipeline } from '../pipeline.js';
import { readBody } from './body.js';
import {
  disconnectSignal,
  sendExchange,
  type AnswerObserver,
  type StallPolicy,
} from './deliver.js';
import { withModel } from './named-model.js';
import { requestInfoOf, asGatewayError, sendError, sendJson } from './reply.js';

/** Limits for a single client. */
export interface ClientLimits {
  readonly maxBodyBytes: number;
  /** Of bodies that are streamed through. */
  readonly maxUploadBytes: number;
  readonly stallPolicy: StallPolicy;
}

/** Observes one exchange: reads its request, and sees its answer. */
export interface ExchangeObserver extends AnswerObserver {
  /** The client's dialect; it reads requests with what the observer knows. */
  readonly dialect: ClientDialect;
}

/**
 * `POST /v1/chat/completions` and its equivalents in other dialects, directly on node:http: express would cost
 * more than all the rest.
 */
export class ChatEndpoint {
  readonly #pipeline: Pipeline;
  readonly #dialect: ClientDialect;
  readonly #limits: () => ClientLimits;
  readonly #witnessFor: ((caller: Caller) => ExchangeObserver) | null;

  /** @param witnessFor - makes an observer for each exchange of a caller; by default there is none */
  constructor(
    pipeline: Pipeline,
    dialect: ClientDialect,
    limits: () => ClientLimits,
    witnessFor: ((caller: Caller) => ExchangeObserver) | null = null,
  ) {
    this.#pipeline = pipeline;
    this.#dialect = dialect;
    this.#limits = limits;
    this.#witnessFor = witnessFor;
  }

  /**
   * Answers one request; never rejects.
   *
   * @param model - the model that the address names, which overrides the body's; `null` if it names none
   */
  async handle(
    req: IncomingMessage,
    res: ServerResponse,
    model: string | null = null,
  ): Promise<void> {
    const limits = this.#limits();
    try {
      const call = await this.#receive(req, res, limits, model);
      const observer = this.#witnessFor?.(call.caller) ?? null;
      const exchange = await this.#pipeline.chat(
        observer === null ? call : { ...call, dialect: observer.dialect },
      );
      const { writeError, streamFraming } = this.#dialect;
      const { stallPolicy } = limits;
      sendExchange(res, exchange, {
        stallPolicy,
        writeError,
        form: streamFraming,
        observer,
      });
    } catch (thrown) {
      this.#refuse(req, res, thrown);
    }
  }

  /** Answers a request for a token count; never rejects. */
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
    const signal = disconnectSignal(res);
    const { headers } = req;
    const caller = this.#pipeline.admit(headers);
    const body = withModel(await readBody(req, limits.maxBodyBytes), model);
    return { dialect: this.#dialect, headers, body, caller, signal };
  }

  #refuse(req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
    const error = asGatewayError(thrown);
    const requestId = this.#pipeline.recordRefusal(error, requestInfoOf(req));
    sendError(res, error, { 'x-request-id': requestId }, this.#dialect.writeError);
  }
}
