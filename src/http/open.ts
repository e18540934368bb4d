import { anthropic } from '../dialects/anthropic/anthropic.js';
import { completions } from '../dialects/completions/completions.js';
import { openai } from '../dialects/openai/openai.js';
import type { ResponseStore } from '../dialects/responses/response-store.js';
import { responses } from '../dialects/responses/responses.js';
import type { Pipeline } from '../pipeline.js';
import type { PlainDesk } from '../request/plain-desk.js';
import { createApp, type Operations } from './app.js';
import { ChatSurface, type ClientLimits } from './chat.js';
import type { DrainableServer } from './drainable-server.js';
import { GeminiSurface } from './gemini.js';
import { responseKeeper } from './responses.js';
import { createServer, type ServerSettings } from './server.js';

/** Dependencies of the server, and limits for clients. */
export interface ServerParts extends ServerSettings {
  readonly pipeline: Pipeline;
  readonly plain: PlainDesk;
  /** Stored responses that clients can continue. */
  readonly kept: ResponseStore;
  readonly operations: Operations;
  readonly limits: () => ClientLimits;
}

/** Creates the server with all its endpoints; it does not listen yet. */
export function openServer({
  pipeline,
  plain,
  kept,
  operations,
  limits,
  ...settings
}: ServerParts): DrainableServer {
  return createServer(
    {
      chat: new ChatSurface(pipeline, openai, limits),
      messages: new ChatSurface(pipeline, anthropic, limits),
      responses: new ChatSurface(pipeline, responses, limits, responseKeeper(kept)),
      completions: new ChatSurface(pipeline, completions, limits),
      gemini: new GeminiSurface(pipeline, limits),
    },
    createApp(pipeline, plain, operations, limits),
    settings,
    (error, address) => pipeline.refused(error, { method: '', url: '', headers: {}, address }),
  );
}
