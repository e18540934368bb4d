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

/** What a server hands requests to, and how much clients may take of it. */
export interface ServerParts extends ServerSettings {
  readonly pipeline: Pipeline;
  readonly plain: PlainDesk;
  /** Responses that clients may go on from. */
  readonly kept: ResponseStore;
  readonly operations: Operations;
  readonly limits: () => ClientLimits;
}

/** The server with all its surfaces, not yet listening. */
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
