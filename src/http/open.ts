import { anthropic } from '../dialects/anthropic/anthropic.js';
import { completions } from '../dialects/completions/completions.js';
import { openai } from '../dialects/openai/openai.js';
import type { ResponseStore } from '../dialects/responses/response-store.js';
import { responses } from '../dialects/responses/responses.js';
import type { Pipeline } from '../pipeline.js';
import type { NonChatService } from '../request/non-chat-service.js';
import { createApp, type Operations } from './app.js';
import { ChatEndpoint, type ClientLimits } from './chat.js';
import type { DrainableServer } from './drainable-server.js';
import { GeminiEndpoint } from './gemini.js';
import { responseRecorder } from './responses.js';
import { createServer, type ServerSettings } from './server.js';

/** Dependencies of the server, and limits for clients. */
export interface ServerParts extends ServerSettings {
  readonly pipeline: Pipeline;
  readonly nonChat: NonChatService;
  /** Stored responses that clients can continue. */
  readonly responseStore: ResponseStore;
  readonly operations: Operations;
  readonly limits: () => ClientLimits;
}

/** Creates the server with all its endpoints; it does not listen yet. */
export function openServer({
  pipeline,
  nonChat,
  responseStore,
  operations,
  limits,
  ...settings
}: ServerParts): DrainableServer {
  return createServer(
    {
      chat: new ChatEndpoint(pipeline, openai, limits),
      messages: new ChatEndpoint(pipeline, anthropic, limits),
      responses: new ChatEndpoint(pipeline, responses, limits, responseRecorder(responseStore)),
      completions: new ChatEndpoint(pipeline, completions, limits),
      gemini: new GeminiEndpoint(pipeline, limits),
    },
    createApp(pipeline, nonChat, operations, limits),
    settings,
    (error, address) =>
      pipeline.recordRefusal(error, { method: '', url: '', headers: {}, address }),
  );
}
