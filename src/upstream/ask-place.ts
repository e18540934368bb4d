import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import type { ServedModel, Upstream } from '../core/model.js';
import { retryHeader } from '../dialects/openai/retry-after.js';
import type {
  AnswerOptions,
  ChatRequest,
  ClientDialect,
  RequestEdits,
  Target,
  WholeAnswer,
} from '../dialects/dialect.js';
import { adapterBetween } from '../dialects/dialects.js';
import { withMembers } from '../dialects/members.js';
import { fitForDeepSeek } from '../dialects/deepseek/fit-request.js';
import { fitForMistral } from '../dialects/mistral/fit-request.js';
import type { Loss, LossPolicy } from '../dialects/neutral/losses.js';
import type { ReasoningMemory } from '../dialects/neutral/reasoning-store.js';
import type { Upstreams } from './call.js';
import { commitStream, type CommittedStream } from './committed-stream.js';
import type { Provider } from './providers.js';
import { requestForRouter, renamesFor, withUnmetPreferences } from './routing-terms.js';
import { withPartialAnswer } from './partial-answer.js';

/** A request, and what is needed to send it to a place. */
export interface PlaceTask {
  readonly request: ChatRequest;
  /** The client's dialect. */
  readonly dialect: ClientDialect;
  /** By `vendor/name`; translation depends on the model's capabilities. */
  readonly served: ReadonlyMap<string, ServedModel>;
  /** What to do with parts that the provider's dialect cannot express. */
  readonly onLoss: LossPolicy;
  /** Called only if the request is translated. */
  readonly memory: () => ReasoningMemory;
  readonly upstreams: Upstreams;
  /** By name. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  /** Aborts when the client disconnects; no attempt is made after that. */
  readonly signal: AbortSignalLike;
  /** A stream includes its usage even if the client did not ask for it, for the cache. */
  readonly keepsUsage?: boolean;
  /** The gateway chose the model, so the client could not know what that rejects. */
  readonly isRouted?: boolean;
  /** The request's list of models is sent to a provider that takes such lists. */
  readonly sendsModelList?: boolean;
}

/** Parts of the request, and of a whole answer, that were dropped in translation. */
export interface WithDropped {
  readonly dropped: readonly Loss[];
}

/** The answer of one upstream. */
export type PlaceAnswer = WithDropped &
  (
    | { readonly kind: 'whole'; readonly whole: WholeAnswer }
    | { readonly kind: 'stream'; readonly stream: CommittedStream }
  );

/**
 * Sends the request to one place, once.
 *
 * @throws {GatewayError} any failure, to be read by `failureOf`; `invalid_request` for parts that its dialect cannot express, if
 *   nothing may be dropped
 */
export async function askPlace(task: PlaceTask, upstream: Upstream): Promise<PlaceAnswer> {
  const { request, dialect } = task;
  const provider = task.providers.get(upstream.provider);
  if (provider === undefined) throw new Error(`provider ${upstream.provider} is not configured`);

  const providerDialect = provider.dialectFor(dialect.name, upstream.upstreamModel);
  const passage = adapterBetween(dialect.name, providerDialect);
  const edits = editsFor(task, upstream, provider, providerDialect);
  const routed = requestForRouter(request, provider, task.providers);
  const prepared = passage.prepareRequest(routed, edits, () => targetOf(task, upstream, provider));
  const { headers } = prepared;
  const dropped = withUnmetPreferences(prepared.dropped, request.terms ?? null, provider);
  // A row's request members and fixes are for the provider's first dialect.
  const body =
    providerDialect === provider.dialect ? fitted(prepared.body, provider) : prepared.body;
  const answer = await task.upstreams.call({
    upstream,
    body,
    headers,
    dialect: providerDialect,
    stream: request.stream,
    signal: task.signal,
  });
  const rules: AnswerOptions = {
    trusted: provider.trustedAnswers,
    includeUsage: request.includeUsage || task.keepsUsage === true,
    model: upstream.modelId,
    createdS: Math.floor(task.clock.wallMs() / 1_000),
    seed: randomUUID(),
    request,
  };
  if (answer.kind === 'stream') {
    const stream = passage.openStream(rules, prepared);
    try {
      const committed = await commitStream(answer.body, stream, (error) =>
        provider.redacted(error),
      );
      return { kind: 'stream', stream: committed, dropped };
    } catch (error) {
      throw withPartialAnswer(error, stream.summary);
    }
  }
  if (answer.status >= 300) {
    throw passage.readError(answer.status, answer.bytes, retryHeader(answer));
  }
  const whole = passage.readAnswer(answer.bytes, rules, prepared);
  return { kind: 'whole', whole, dropped: [...dropped, ...(whole.summary.lost ?? [])] };
}

const NONE: readonly never[] = [];

/** @param providerDialect - the dialect that the provider is asked in */
function editsFor(
  { request, isRouted, sendsModelList }: PlaceTask,
  upstream: Upstream,
  provider: Provider,
  providerDialect: Provider['dialect'],
): RequestEdits {
  return {
    model: upstream.upstreamModel,
    askUsage: request.stream && !request.includeUsage && provider.usageOption,
    renames: renamesFor(request, providerDialect, provider, upstream, sendsModelList),
    effortAsString: providerDialect === 'openai' && provider.effortByName,
    schemaInPrompt: !provider.schemas,
    // A client that names the model itself gets the provider's own errors.
    refusals: isRouted === true ? provider.refusalsFor(upstream.upstreamModel) : NONE,
    efforts: isRouted === true ? provider.effortsFor(upstream.upstreamModel) : null,
  };
}

const FITS = { mistral: fitForMistral, deepseek: fitForDeepSeek } as const;

/** Applies what this provider requires of requests beyond its dialect. */
function fitted(body: Buffer, { members, fit }: Provider): Buffer {
  const whole = withMembers(body, members);
  return fit === null ? whole : FITS[fit](whole);
}

function targetOf(
  { served, onLoss, memory }: PlaceTask,
  upstream: Upstream,
  provider: Provider,
): Target {
  const model = served.get(upstream.modelId)?.model;
  const { name, kind, usageOption, outputCap, takesThoughts, schemas } = provider;
  return {
    model: upstream.upstreamModel,
    provider: name,
    kind,
    maxOutputTokens: model?.maxOutputTokens ?? null,
    canThink: model?.capabilities.has('reasoning') ?? false,
    efforts: provider.effortsFor(upstream.upstreamModel),
    acceptsStreamOptions: usageOption,
    outputLimitMember: outputCap,
    acceptsReasoning: takesThoughts,
    supportsSchemas: schemas,
    renames: provider.renamesFor(upstream.upstreamModel),
    refusals: provider.refusalsFor(upstream.upstreamModel),
    onLoss,
    memory: memory(),
  };
}
