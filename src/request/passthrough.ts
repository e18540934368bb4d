import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import type { Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import { retryHeader } from '../dialects/openai/retry-after.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import { objectOrEmpty } from '../dialects/json.js';
import { numberOr, parsedObject } from '../dialects/json-members.js';
import { isValidUsage } from '../dialects/neutral/valid-usage.js';
import { readError } from '../dialects/openai/error.js';
import { checkNameLength, type Setup } from './setup.js';
import type { Method } from '../upstream/answer.js';
import { toAnswer, tryPlaces, type Answer, type PlaceAnswer } from '../upstream/failover.js';
import { PassthroughBody, UNMEASURED } from '../upstream/passthrough-body.js';
import { SIMULATION } from '../upstream/providers.js';

/** What the client says about where a request is to go. */
export interface PassthroughTarget {
  /** The provider named in the query or a header; `null` if none is. */
  readonly provider: string | null;
  /** The model named in the body; `null` if none is. */
  readonly model: string | null;
  /** The client's dialect: if no provider is named, one that speaks it answers. */
  readonly dialect: 'openai' | 'anthropic';
}

/** A request that is passed through unchanged. */
export interface PassthroughRequest {
  readonly method: Method;
  /** Path and query, relative to the provider's base URL. */
  readonly path: string;
  /** Writes the request with the provider's name of the model; called once if it cannot be repeated. */
  readonly written: (upstream: Upstream) => WrittenRequest;
  /** The request can be sent again, to another place. */
  readonly isRepeatable: boolean;
  /** The request itself causes usage; otherwise it concerns stored objects, whose usage is not its own. */
  readonly isWork: boolean;
}

/** A passed-through request as sent to its provider. */
export interface WrittenRequest {
  /** Names (in lower case) and values, alternating. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** A body still being received, instead of `body`. */
  readonly upload?: Readable;
}

/** Status and headers of a passed-through answer. */
export interface PassthroughHead {
  readonly status: number;
  readonly contentType: string;
  readonly disposition: string | null;
}

/** Places in order of preference. */
export type Places = readonly [Upstream, ...Upstream[]];

/**
 * The places that a request may go to: the provider it names, those of its model, or the only suitable provider.
 *
 * @throws {GatewayError} `invalid_request` if it is ambiguous, `model_not_found`, `not_found` for a provider that
 *   is not configured
 */
export function placesOf(setup: Setup, { provider, model, dialect }: PassthroughTarget): Places {
  if (model !== null) checkNameLength(model);
  if (provider !== null) return [placeAt(setup, provider, model)];
  if (model !== null) return placesOfModel(setup, model);
  const able = [...setup.providers.values()].filter(
    (one) => one.dialect === dialect && one.isWholeApi && one.name !== SIMULATION,
  );
  const [only, ...others] = able;
  if (only !== undefined && others.length === 0) return [placeAt(setup, only.name, null)];
  const names = able.map(({ name }) => name).join(', ');
  throw new GatewayError(
    'invalid_request',
    `This request names no provider; add ?provider=NAME or the header x-suffice-provider` +
      (names === '' ? '.' : ` (one of: ${names}).`),
    { param: 'provider' },
  );
}

function placesOfModel(setup: Setup, name: string): Places {
  const slash = name.indexOf('/');
  const prefix = name.slice(0, Math.max(0, slash));
  try {
    const target = setup.resolve(name);
    if (target.kind === 'model') return target.served.upstreams;
  } catch (error) {
    if (setup.providers.has(prefix)) return [placeAt(setup, prefix, name)];
    throw error;
  }
  throw new GatewayError(
    'invalid_request',
    `"${name}" is a policy, which chooses among chat models; name a model.`,
    {
      param: 'model',
    },
  );
}

/** A place for any model of a provider; unknown models appear in metrics under the provider's name alone. */
function placeAt(setup: Setup, provider: string, model: string | null): Upstream {
  if (!setup.providers.has(provider) || provider === SIMULATION) {
    throw new GatewayError(
      'not_found',
      `There is no provider "${provider}" that this request could be passed to.`,
      {
        param: 'provider',
      },
    );
  }
  const own = model?.startsWith(`${provider}/`) === true ? model.slice(provider.length + 1) : model;
  const id = `${provider}/*`;
  return { id, provider, modelId: id, upstreamModel: own ?? '', price: null };
}

/**
 * Passes a request through, with failover to the next place if the request can be repeated; rejects only with
 * bugs.
 */
export async function passThrough(
  request: PassthroughRequest,
  places: Places,
  context: { readonly setup: Setup; readonly signal: AbortSignalLike; readonly clock: Clock },
): Promise<{ readonly answer: Answer; readonly head: PassthroughHead | null }> {
  let head: PassthroughHead | null = null;
  const { circuitBreakers, providers } = context.setup;
  const maxAttempts = request.isRepeatable ? context.setup.maxAttempts : 1;
  const tries = { tries: places, maxAttempts, circuitBreakers, providers, ...context };
  const tried = await tryPlaces(tries, async (upstream): Promise<PlaceAnswer> => {
    const { method, path } = request;
    const { setup, signal, clock } = context;
    const target = { upstream, method, path, signal, stream: true };
    const answer = await setup.upstreams
      .call({ ...target, ...request.written(upstream) })
      .catch((error: unknown) => {
        throw uploadError(error);
      });
    const { status } = answer;
    if (answer.kind === 'whole') {
      const retryAfter = retryHeader(answer);
      throw readError({ status, body: answer.bytes, retryAfter }, clock.wallMs());
    }
    const contentType = answer.header('content-type') ?? 'application/octet-stream';
    head = { status, contentType, disposition: answer.header('content-disposition') ?? null };
    const isRead = request.isWork && /^application\/json\b/i.test(contentType);
    return {
      kind: 'stream',
      stream: new PassthroughBody(answer.body, isRead ? usageIn : null),
      dropped: [],
    };
  });
  return { answer: toAnswer(tried), head };
}

/** The error of the client's upload, if that is what made the upstream request fail. */
function uploadError(error: unknown): unknown {
  const cause = error instanceof GatewayError ? error.cause : null;
  return cause instanceof GatewayError ? cause : error;
}

/** Reads the usage of a JSON answer, under either of the member names in use. */
function usageIn(body: Buffer): AnswerSummary {
  const usage = objectOrEmpty(parsedObject(body.toString('utf8'))?.['usage']);
  const input = numberOr(usage['input_tokens'] ?? usage['prompt_tokens'], null);
  const output = numberOr(usage['output_tokens'] ?? usage['completion_tokens'], null);
  if (input === null && output === null) return UNMEASURED;
  const reported: Usage = {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  };
  if (!isValidUsage(reported)) return UNMEASURED;
  return { usage: reported, finishReason: null, outputChars: 0 };
}
