import type { Express, Request } from 'express';
import type { Caller } from '../admit/keys.js';
import { GatewayError } from '../core/errors.js';
import type { ClientDialect } from '../dialects/dialect.js';
import { objectOrEmpty } from '../dialects/json.js';
import { parsedObject } from '../dialects/json-members.js';
import {
  readStatefulRequest,
  type StatefulRequest,
} from '../dialects/responses/stateful-request.js';
import type { StoredResponses, ResponseStore } from '../dialects/responses/response-store.js';
import { responses } from '../dialects/responses/responses.js';
import type { Pipeline } from '../pipeline.js';
import type { ExchangeObserver } from './chat.js';

/** The start of the event with the whole response; it cannot occur inside JSON, which has no raw line breaks. */
const LAST_EVENTS = ['response.completed', 'response.incomplete'].map((type) =>
  Buffer.from(`event: ${type}\ndata: `),
);

/** Makes an observer that stores a caller's responses and resolves requests that continue them. */
export function responseRecorder(store: ResponseStore): (caller: Caller) => ExchangeObserver {
  return ({ name }) => new Keeper(store.of(name));
}

class Keeper implements ExchangeObserver {
  readonly dialect: ClientDialect;
  readonly #shelf: StoredResponses;
  #toStore: StatefulRequest['toStore'] = null;

  constructor(shelf: StoredResponses) {
    this.#shelf = shelf;
    this.dialect = {
      ...responses,
      readRequest: (body) => {
        const { request, toStore } = readStatefulRequest(body, shelf);
        this.#toStore = toStore;
        return request;
      },
    };
  }

  onWhole(body: Buffer): void {
    const response = this.#toStore === null ? null : parsedObject(body.toString('utf8'));
    if (response !== null && this.#toStore !== null)
      this.#shelf.store({ response, ...this.#toStore });
  }

  /** @param bytes - whole events, as sent to the client */
  onStreamed(bytes: Buffer): void {
    if (this.#toStore === null) return;
    const last = LAST_EVENTS.find((mark) => bytes.includes(mark));
    if (last === undefined) return;
    const event = parsedObject(bytes.toString('utf8', bytes.indexOf(last) + last.length));
    const { response } = objectOrEmpty(event);
    this.#shelf.store({ response: objectOrEmpty(response), ...this.#toStore });
  }
}

/** `GET` and `DELETE /v1/responses/ID`, for the caller that created the response. */
export function responseRoutes(app: Express, pipeline: Pipeline, store: ResponseStore): void {
  const shelfFor = (req: Request): StoredResponses => store.of(pipeline.admit(req.headers).name);
  app.get('/v1/responses/:id', (req, res) => {
    const { id } = req.params;
    if (req.query['stream'] === 'true') {
      throw new GatewayError('invalid_request', 'A stored response cannot be streamed.', {
        param: 'stream',
      });
    }
    const response = shelfFor(req).response(id);
    if (response === null) throw notKept(id);
    res.json(response);
  });
  app.delete('/v1/responses/:id', (req, res) => {
    const { id } = req.params;
    if (!shelfFor(req).delete(id)) throw notKept(id);
    res.json({ id, object: 'response', deleted: true });
  });
}

function notKept(id: string): GatewayError {
  return new GatewayError('not_found', `Response with id '${id}' not found.`, { param: 'id' });
}
