import { GatewayError } from '../../core/errors.js';
import type { DialectName } from '../dialect.js';
import { Losses, type Loss } from '../neutral/losses.js';
import type {
  AskedVectors,
  EmbeddingClient,
  EmbeddingDefaults,
  EmbeddingDialect,
  Embeddings,
  EmbeddingProvider,
  EmbeddingRequest,
  EmbeddingTarget,
  PassedVectors,
  VectorsAnswer,
} from './embedding.js';
import { bedrockEmbeddings } from './bedrock.js';
import { cohereEmbeddings } from './cohere.js';
import { geminiEmbeddings } from './gemini.js';
import { ollamaEmbeddings } from './ollama.js';
import { openAiEmbeddings } from './openai.js';
import { requireOneEach } from './plain.js';
import { vertexEmbeddings } from './vertex.js';

/** The forms in which providers are asked for vectors: Vertex has one of its own beside Gemini's dialect. */
export type EmbeddingForm = DialectName | 'vertex';

/** Dialects that have a way to ask for vectors. */
const DIALECTS: Partial<Record<EmbeddingForm, EmbeddingDialect>> = {
  openai: openAiEmbeddings,
  // Vectors stand beside responses where those are spoken.
  responses: openAiEmbeddings,
  gemini: geminiEmbeddings,
};
/** Those that no client asks in. */
const PROVIDERS: Partial<Record<EmbeddingForm, EmbeddingProvider>> = {
  ...DIALECTS,
  bedrock: bedrockEmbeddings,
  cohere: cohereEmbeddings,
  ollama: ollamaEmbeddings,
  vertex: vertexEmbeddings,
};

/** The way from a client's words for vectors to a provider's, and back. */
export interface EmbeddingPassage {
  /**
   * @returns at least one request; several where the provider takes only so many inputs at once
   * @throws {GatewayError} `invalid_request` for what cannot be said
   */
  ask(
    request: EmbeddingRequest,
    target: EmbeddingTarget,
  ): { readonly asked: readonly AskedVectors[]; readonly dropped: readonly Loss[] };
  /**
   * @param answers - to what was asked, in its order
   * @throws {GatewayError} `upstream_failed` if there is not one vector for each input, or an error in a 200
   */
  readAnswers(
    answers: readonly VectorsAnswer[],
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
export function embeddingPassage(client: EmbeddingClient, form: EmbeddingForm): EmbeddingPassage {
  const provider = PROVIDERS[form];
  const same = DIALECTS[form];
  if (provider === undefined) {
    const message = `Embeddings cannot be asked of a provider that speaks ${form}.`;
    throw new GatewayError('invalid_request', message, { param: 'model' });
  }
  return same?.name === client.name ? direct(same) : translation(client, provider);
}

function direct(dialect: EmbeddingDialect): EmbeddingPassage {
  return {
    ask: (request, target) => ({ asked: [dialect.editRequest(request, target)], dropped: [] }),
    readAnswers: ([answer], request, target, defaults) => {
      if (answer === undefined) throw new Error('there is no answer to one request');
      return dialect.passAnswer(answer.body, request, target, defaults);
    },
  };
}

function translation(client: EmbeddingClient, provider: EmbeddingProvider): EmbeddingPassage {
  return {
    ask: (request, target) => {
      const losses = new Losses(target.onLoss, `${target.model} (${target.provider})`);
      const asked = portions(request, provider.mostInputs(target.model)).map((portion) =>
        provider.writeRequest(portion, target, losses),
      );
      return { asked, dropped: losses.list };
    },
    readAnswers: (answers, request, _target, defaults) => {
      const answer = joined(answers.map((one) => provider.readAnswer(one)));
      requireOneEach(answer, request);
      return {
        body: client.writeAnswer(answer, request, defaults),
        inputTokens: answer.inputTokens,
      };
    },
  };
}

function portions(request: EmbeddingRequest, most: number): readonly EmbeddingRequest[] {
  const { inputs } = request;
  if (inputs.length <= most) return [request];
  const count = Math.ceil(inputs.length / most);
  return Array.from({ length: count }, (_, i) => {
    const from = i * most;
    // Noted once: each of thousands of requests would go through as many members.
    const foreign = i === 0 ? request.foreign : [];
    return { ...request, inputs: inputs.slice(from, from + most), from, foreign };
  });
}

function joined(all: readonly Embeddings[]): Embeddings {
  const tokens = all.map(({ inputTokens }) => inputTokens);
  const told = tokens.filter((count) => count !== null);
  return {
    vectors: all.flatMap(({ vectors }) => vectors),
    model: all[0]?.model ?? null,
    // The sum of some would be less than was used: then nobody has told.
    inputTokens: told.length < tokens.length ? null : told.reduce((sum, count) => sum + count, 0),
  };
}
