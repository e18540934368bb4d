import type { Express, Request, Response } from 'express';
import type { EmbeddingClient } from '../dialects/embeddings/embedding.js';
import { geminiEmbeddingsAt, type EmbeddingVerb } from '../dialects/embeddings/gemini.js';
import { openAiEmbeddings } from '../dialects/embeddings/openai.js';
import type { Pipeline } from '../pipeline.js';
import type { NonChatService } from '../request/non-chat-service.js';
import { readBody } from './body.js';
import type { ClientLimits } from './chat.js';
import { disconnectSignal, sendExchange } from './deliver.js';
import { modelInPath } from './gemini.js';
import { withModel } from './named-model.js';

const GEMINI_PATH = /^\/v1(?:beta|alpha)?\/models\/(.+):(embedContent|batchEmbedContents)$/;

/** The path with the model of Azure's clients and OpenAI's legacy ones. */
const ENGINE_PATH = /^\/v1\/engines\/(.+)\/embeddings$/;

/** `POST /v1/embeddings`, and `/v1beta/models/NAME:embedContent` and `:batchEmbedContents`. */
export function embeddingRoutes(
  app: Express,
  pipeline: Pipeline,
  plain: NonChatService,
  limits: () => ClientLimits,
): void {
  const embed = async (
    req: Request,
    res: Response,
    client: EmbeddingClient,
    model: string | null = null,
  ): Promise<void> => {
    const signal = disconnectSignal(res);
    const caller = pipeline.admit(req.headers);
    const { maxBodyBytes, stallPolicy } = limits();
    const body = withModel(await readBody(req, maxBodyBytes), model);
    const exchange = await plain.embed({ client, headers: req.headers, body, caller, signal });
    sendExchange(res, exchange, { stallPolicy, writeError: client.writeError });
  };
  app.post('/v1/embeddings', (req, res) => embed(req, res, openAiEmbeddings));
  app.post(ENGINE_PATH, (req, res) => {
    const [, name = ''] = ENGINE_PATH.exec(req.path) ?? [];
    return embed(req, res, openAiEmbeddings, modelInPath(name));
  });
  app.post(GEMINI_PATH, (req, res) => {
    const [, name = '', verb = ''] = GEMINI_PATH.exec(req.path) ?? [];
    return embed(req, res, geminiEmbeddingsAt(modelInPath(name), verb as EmbeddingVerb));
  });
}
