import { GatewayError } from '../../core/errors.js';
import type { DialectName } from '../dialect.js';
import { Losses, type Loss } from '../neutral/losses.js';
import type {
  ProviderEmbeddingRequest,
  EmbeddingClient,
  EmbeddingDefaults,
  EmbeddingDialect,
  Embeddings,
  EmbeddingProvider,
  EmbeddingRequest,
  EmbeddingTarget,
  ClientEmbeddingAnswer,
  ProviderEmbeddingResponse,
} from './embedding.js';
import { bedrockEmbeddings } from './bedrock.js';
import { cohereEmbeddings } from './cohere.js';
import { geminiEmbeddings } from './gemini.js';
import { ollamaEmbeddings } from './ollama.js';
import { openAiEmbeddings } from './openai.js';
import { requireVectorPerInput } from './inputs-and-vectors.js';
import { vertexEmbeddings } from './vertex.js';

/** The API formats for embeddings: Vertex has its own in addition to Gemini's. */
export type EmbeddingFormat = DialectName | 'vertex';

/** Embedding dialects that clients may speak. */
const DIALECTS: Partial<Record<EmbeddingFormat, EmbeddingDialect>> = {
  openai: openAiEmbeddings,
  // Providers with a Responses API have OpenAI's embeddings API as well.
  responses: openAiEmbeddings,
  gemini: geminiEmbeddings,
};
/** All embedding dialects of providers. */
const PROVIDERS: Partial<Record<EmbeddingFormat, EmbeddingProvider>> = {
  ...DIALECTS,
  bedrock: bedrockEmbeddings,
  cohere: cohereEmbeddings,
  ollama: ollamaEmbeddings,
  vertex: vertexEmbeddings,
};

/** Converts embedding requests from a client's dialect to a provider's, and answers back. */
export interface EmbeddingAdapter {
  /**
   * @returns at least one request; several if there are more inputs than the provider accepts at once
   * @throws {GatewayError} `invalid_request` for what cannot be expressed
   */
  prepareRequests(
    request: EmbeddingRequest,
    target: EmbeddingTarget,
  ): { readonly requests: readonly ProviderEmbeddingRequest[]; readonly dropped: readonly Loss[] };
  /**
   * @param answers - the responses to the requests, in order
   * @throws {GatewayError} `upstream_failed` if there is not one vector per input, or for an error inside a 200
   */
  readAnswers(
    answers: readonly ProviderEmbeddingResponse[],
    request: EmbeddingRequest,
    target: EmbeddingTarget,
    defaults: EmbeddingDefaults,
  ): ClientEmbeddingAnswer;
}

/**
 * Serves clients of one embedding dialect from providers of the same or another.
 *
 * @throws {GatewayError} `invalid_request` if the provider's dialect has no embeddings
 */
export function embeddingAdapter(client: EmbeddingClient, form: EmbeddingFormat): EmbeddingAdapter {
  const provider = PROVIDERS[form];
  const same = DIALECTS[form];
  if (provider === undefined) {
    const message = `Embeddings are not supported by providers of the dialect ${form}.`;
    throw new GatewayError('invalid_request', message, { param: 'model' });
  }
  return same?.name === client.name ? direct(same) : translation(client, provider);
}

function direct(dialect: EmbeddingDialect): EmbeddingAdapter {
  return {
    prepareRequests: (request, target) => ({
      requests: [dialect.editRequest(request, target)],
      dropped: [],
    }),
    readAnswers: ([answer], request, target, defaults) => {
      if (answer === undefined) throw new Error('the answer to a request is missing');
      return dialect.passAnswer(answer.body, request, target, defaults);
    },
  };
}

function translation(client: EmbeddingClient, provider: EmbeddingProvider): EmbeddingAdapter {
  return {
    prepareRequests: (request, target) => {
      const losses = new Losses(target.onLoss, `${target.model} (${target.provider})`);
      const requests = splitInputs(request, provider.maxInputs(target.model)).map((part) =>
        provider.writeRequest(part, target, losses),
      );
      return { requests, dropped: losses.list };
    },
    readAnswers: (answers, request, _target, defaults) => {
      const answer = joined(answers.map((one) => provider.readAnswer(one)));
      requireVectorPerInput(answer, request);
      return {
        body: client.writeAnswer(answer, request, defaults),
        inputTokens: answer.inputTokens,
      };
    },
  };
}

function splitInputs(request: EmbeddingRequest, most: number): readonly EmbeddingRequest[] {
  const { inputs } = request;
  if (inputs.length <= most) return [request];
  const count = Math.ceil(inputs.length / most);
  return Array.from({ length: count }, (_, i) => {
    const from = i * most;
    // Only in the first: noting thousands of members in each of thousands of requests would be quadratic.
    const foreign = i === 0 ? request.foreign : [];
    return { ...request, inputs: inputs.slice(from, from + most), from, foreign };
  });
}

function joined(all: readonly Embeddings[]): Embeddings {
  const tokens = all.map(({ inputTokens }) => inputTokens);
  const reported = tokens.filter((count) => count !== null);
  return {
    vectors: all.flatMap(({ vectors }) => vectors),
    model: all[0]?.model ?? null,
    // A partial sum would be too low, so the usage then counts as unknown.
    inputTokens:
      reported.length < tokens.length ? null : reported.reduce((sum, count) => sum + count, 0),
  };
}
