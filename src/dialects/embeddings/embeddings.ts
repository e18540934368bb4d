import { GatewayError } from '../../core/errors.js';
import type { DialectName } from '../dialect.js';
import { Losses, type Loss } from '../neutral/losses.js';
import type {
  AskedVectors,
  EmbeddingClient,
  EmbeddingDefaults,
  EmbeddingDialect,
  EmbeddingProvider,
  EmbeddingRequest,
  EmbeddingTarget,
  PassedVectors,
} from './embedding.js';
import { cohereEmbeddings } from './cohere.js';
import { geminiEmbeddings } from './gemini.js';
import { openAiEmbeddings } from './openai.js';

/** Dialects that have a way to ask for vectors. */
const DIALECTS: Partial<Record<DialectName, EmbeddingDialect>> = {
  openai: openAiEmbeddings,
  // Vectors stand beside responses where those are spoken.
  responses: openAiEmbeddings,
  gemini: geminiEmbeddings,
};
/** Those that no client asks in. */
const PROVIDERS: Partial<Record<DialectName, EmbeddingProvider>> = {
  ...DIALECTS,
  cohere: cohereEmbeddings,
};

/** The way from a client's words for vectors to a provider's, and back. */
export interface EmbeddingPassage {
  /** @throws {GatewayError} `invalid_request` for what cannot be said */
  ask(
    request: EmbeddingRequest,
    target: EmbeddingTarget,
  ): AskedVectors & { readonly dropped: readonly Loss[] };
  /** @throws {GatewayError} `upstream_failed` if the body holds no vectors, or an error in a 200 */
  readAnswer(
    body: Buffer,
    request: EmbeddingRequest,
    target: EmbeddingTarget,
    defaults: EmbeddingDefaults,
  ): PassedVectors;
}

/**
 * How a client of one dialect gets vectors of a provider of the same or another.
 *
 * @throws {GatewayError} `invalid_request` where the provider's dialect has no vectors
 */
export function embeddingPassage(client: EmbeddingClient, dialect: DialectName): EmbeddingPassage {
  const provider = PROVIDERS[dialect];
  const same = DIALECTS[dialect];
  if (provider === undefined) {
    const message = `Embeddings cannot be asked of a provider that speaks ${dialect}.`;
    throw new GatewayError('invalid_request', message, { param: 'model' });
  }
  return same?.name === client.name ? direct(same) : translation(client, provider);
}

function direct(dialect: EmbeddingDialect): EmbeddingPassage {
  return {
    ask: (request, target) => ({ ...dialect.editRequest(request, target), dropped: [] }),
    readAnswer: (body, request, target, defaults) =>
      dialect.passAnswer(body, request, target, defaults),
  };
}

function translation(client: EmbeddingClient, provider: EmbeddingProvider): EmbeddingPassage {
  return {
    ask: (request, target) => {
      const losses = new Losses(target.onLoss, `${target.model} (${target.provider})`);
      return { ...provider.writeRequest(request, target, losses), dropped: losses.list };
    },
    readAnswer: (body, request, _target, defaults) => {
      const answer = provider.readAnswer(body);
      return {
        body: client.writeAnswer(answer, request, defaults),
        inputTokens: answer.inputTokens,
      };
    },
  };
}
