import type { Clock } from '../core/clock.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import { GatewayError } from '../core/errors.js';
import type { ServedModel, Upstream } from '../core/model.js';
import { retryHeader } from '../dialects/openai/retry-after.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import type {
  ProviderEmbeddingRequest,
  EmbeddingClient,
  EmbeddingRequest,
  EmbeddingTarget,
  ProviderEmbeddingResponse,
} from '../dialects/embeddings/embedding.js';
import { embeddingAdapter } from '../dialects/embeddings/embeddings.js';
import { isValidUsage } from '../dialects/neutral/valid-usage.js';
import { readError } from '../dialects/openai/error.js';
import { estimateTextTokens } from '../route/token-estimate.js';
import type { Setup } from './setup.js';
import { toAnswer, tryPlaces, type Answer, type PlaceAnswer } from '../upstream/failover.js';
import { withPartialAnswer } from '../upstream/partial-answer.js';

/** Concurrent upstream requests per client request, where a provider takes few inputs at a time. */
const MAX_CONCURRENT = 8;

/** A request for embeddings, and what it takes to answer it. */
interface EmbeddingTask {
  readonly setup: Setup;
  readonly client: EmbeddingClient;
  readonly request: EmbeddingRequest;
  readonly served: ServedModel;
  /** Estimated tokens of the input, used if the provider reports none. */
  readonly tokens: number;
  readonly signal: AbortSignalLike;
  readonly clock: Clock;
}

/**
 * The embedding model of this name.
 *
 * @throws {GatewayError} `model_not_found`; `invalid_request` for a policy, and for a model that is known not to
 *   make embeddings
 */
export function embedderIn(setup: Setup, name: string): ServedModel {
  const target = setup.resolve(name);
  if (target.kind === 'policy') {
    throw refused(
      `"${name}" is a policy, which chooses among chat models; name an embedding model.`,
    );
  }
  const { model } = target.served;
  // Models that only the operator knows may be embedding models.
  const isKnown = model.simulated || setup.catalog.models.has(model.id);
  if (isKnown && !model.capabilities.has('embeddings')) {
    throw refused(`${model.id} is not an embedding model.`);
  }
  return target.served;
}

/** Estimates the tokens of all inputs; inputs of token ids are counted. */
export function embeddingTokens({ inputs }: EmbeddingRequest): number {
  const texts = inputs.filter((input) => typeof input === 'string');
  const ids = inputs.reduce((sum, one) => sum + (typeof one === 'string' ? 0 : one.length), 0);
  return estimateTextTokens(texts) + ids;
}

/** Gets embeddings from the first place that answers; rejects only with bugs. */
export async function embed(task: EmbeddingTask): Promise<Answer> {
  const { setup, served, signal, clock } = task;
  const { maxAttempts, circuitBreakers, providers } = setup;
  const tries = { tries: served.upstreams, maxAttempts, circuitBreakers, providers, signal, clock };
  return toAnswer(await tryPlaces(tries, (upstream) => vectorsOf(task, upstream)));
}

async function vectorsOf(task: EmbeddingTask, upstream: Upstream): Promise<PlaceAnswer> {
  const { setup, client, request, tokens } = task;
  const provider = setup.providers.get(upstream.provider);
  if (provider === undefined) throw new Error(`provider ${upstream.provider} is not configured`);
  const passage = embeddingAdapter(client, provider.vectorForm);
  const target: EmbeddingTarget = {
    model: upstream.upstreamModel,
    provider: provider.name,
    renames: provider.renames,
    onLoss: setup.onLoss,
    trusted: provider.trustedAnswers,
  };
  const { requests, dropped } = passage.prepareRequests(request, target);
  const answers = await askConcurrently(requests, (one) => answerTo(one, task, upstream), tokens);
  const defaults = { model: upstream.modelId, inputTokens: tokens };
  const read = passage.readAnswers(answers, request, target, defaults);
  const summary = summaryOf(read.inputTokens);
  return { kind: 'whole', whole: { body: read.body, summary }, dropped };
}

/** Sends {@link MAX_CONCURRENT} requests at a time; none is sent after one has failed. */
async function askConcurrently(
  requests: readonly ProviderEmbeddingRequest[],
  send: (one: ProviderEmbeddingRequest) => Promise<ProviderEmbeddingResponse>,
  tokens: number,
): Promise<readonly ProviderEmbeddingResponse[]> {
  const answers = new Map<number, ProviderEmbeddingResponse>();
  const waiting = requests.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [i, one] of waiting) {
      if (failed) return;
      answers.set(i, await send(one));
    }
  };
  const workers = Array.from({ length: Math.min(MAX_CONCURRENT, requests.length) }, worker);
  await Promise.all(workers).catch((error: unknown) => {
    failed = true;
    // What has been answered is billed, though the client does not get it.
    const share = answers.size / requests.length;
    throw withPartialAnswer(error, estimatedSummary(Math.round(tokens * share)));
  });
  return requests.flatMap((_, i) => answers.get(i) ?? []);
}

async function answerTo(
  { path, body }: ProviderEmbeddingRequest,
  { setup, signal, clock }: EmbeddingTask,
  upstream: Upstream,
): Promise<ProviderEmbeddingResponse> {
  const answer = await setup.upstreams.call({ upstream, path, body, stream: false, signal });
  // Cannot happen: a stream comes only if the request asks for one.
  if (answer.kind !== 'whole')
    throw new Error('expected embeddings, but the provider sent a stream');
  const { status, bytes } = answer;
  const header = (name: string): string | undefined => answer.header(name);
  if (status < 300) return { body: bytes, header };
  throw readError({ status, body: bytes, retryAfter: retryHeader(answer) }, clock.wallMs());
}

/** @param inputTokens - estimated; 0 if nothing was answered */
function estimatedSummary(inputTokens: number): AnswerSummary {
  const usage = inputTokens === 0 ? null : { ...NO_OUTPUT, inputTokens, estimated: true };
  return { usage, finishReason: null, outputChars: 0 };
}

function summaryOf(inputTokens: number | null): AnswerSummary {
  const reported = inputTokens === null ? null : { ...NO_OUTPUT, inputTokens, estimated: false };
  const usage = reported !== null && isValidUsage(reported) ? reported : null;
  return { usage, finishReason: null, outputChars: 0 };
}

const NO_OUTPUT = { outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'model' });
}
