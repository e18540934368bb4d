import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import type { GoneSignal } from '../core/departure.js';
import type { Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';
import { retryHeader } from '../dialects/openai/retry-after.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import { objectOrEmpty } from '../dialects/json.js';
import { numberOr, parsedObject } from '../dialects/json-members.js';
import { isCounted } from '../dialects/neutral/counted.js';
import { readError } from '../dialects/openai/error.js';
import { checkLength, type Setup } from './setup.js';
import type { Method } from '../upstream/answer.js';
import { answerOf, tryEach, type Answer, type Got } from '../upstream/failover.js';
import { PassedBody, UNMEASURED } from '../upstream/passed-body.js';
import { SIMULATION } from '../upstream/providers.js';

/** Where a request is to go, as far as its client says. */
export interface Wanted {
  /** Named beside the request; `null` where it is not. */
  readonly provider: string | null;
  /** `null` where the request names none. */
  readonly model: string | null;
  /** What the client speaks: a provider that speaks it answers where none is named. */
  readonly dialect: 'openai' | 'anthropic';
}

/** A request that goes through as it is. */
export interface PassedRequest {
  readonly method: Method;
  /** Behind the provider's base URL, with its query. */
  readonly path: string;
  /** With the model as the provider calls it; asked once where it cannot be sent again. */
  readonly written: (upstream: Upstream) => WrittenPass;
  /** It can be sent again, to another place. */
  readonly isRepeatable: boolean;
  /** Something is made for it; otherwise it is about what is stored, whose usage is not its own. */
  readonly isWork: boolean;
}

/** A request that goes through, as its provider gets it. */
export interface WrittenPass {
  /** Names, in lower case, and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Bytes that are still coming, instead of `body`. */
  readonly upload?: Readable;
}

/** How an answer that went through is told to be read. */
export interface PassedHead {
  readonly status: number;
  readonly contentType: string;
  readonly disposition: string | null;
}

/** Places in order of preference. */
export type Places = readonly [Upstream, ...Upstream[]];

/**
 * The places that a request may go to: the provider it names, or those of its model, or the only one there is.
 *
 * @throws {GatewayError} `invalid_request` where several could be meant, `model_not_found`, `not_found` for a
 *   provider that is not in use
 */
export function placesOf(setup: Setup, { provider, model, dialect }: Wanted): Places {
  if (model !== null) checkLength(model);
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
    `this request names no provider; add ?provider=NAME or the header x-suffice-provider` +
      (names === '' ? '' : ` (${names})`),
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
    `"${name}" chooses among models that chat; name a model`,
    {
      param: 'model',
    },
  );
}

/** Of models that nobody has described, the provider's name alone goes into metrics. */
function placeAt(setup: Setup, provider: string, model: string | null): Upstream {
  if (!setup.providers.has(provider) || provider === SIMULATION) {
    throw new GatewayError('not_found', `there is no provider "${provider}" to pass this on to`, {
      param: 'provider',
    });
  }
  const own = model?.startsWith(`${provider}/`) === true ? model.slice(provider.length + 1) : model;
  const id = `${provider}/*`;
  return { id, provider, modelId: id, upstreamModel: own ?? '', price: null };
}

/**
 * Passes a request on, to the next place where the first one fails and the request can be sent again, and tells
 * what came back; rejects only with bugs.
 */
export async function pass(
  request: PassedRequest,
  places: Places,
  context: { readonly setup: Setup; readonly signal: GoneSignal; readonly clock: Clock },
): Promise<{ readonly answer: Answer; readonly head: PassedHead | null }> {
  let head: PassedHead | null = null;
  const { resting, providers } = context.setup;
  const maxAttempts = request.isRepeatable ? context.setup.maxAttempts : 1;
  const tries = { tries: places, maxAttempts, resting, providers, ...context };
  const tried = await tryEach(tries, async (upstream): Promise<Got> => {
    const { method, path } = request;
    const { setup, signal, clock } = context;
    const asked = { upstream, method, path, signal, stream: true };
    const answer = await setup.upstreams
      .call({ ...asked, ...request.written(upstream) })
      .catch((error: unknown) => {
        throw clientsFault(error);
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
      stream: new PassedBody(answer.body, isRead ? usageIn : null),
      dropped: [],
    };
  });
  return { answer: answerOf(tried), head };
}

/** An upload that was stopped here has failed upstream as well; why it was stopped is what matters. */
function clientsFault(error: unknown): unknown {
  const cause = error instanceof GatewayError ? error.cause : null;
  return cause instanceof GatewayError ? cause : error;
}

/** What an answer in JSON says of its usage, in any of the words that are in use for it. */
function usageIn(body: Buffer): AnswerSummary {
  const usage = objectOrEmpty(parsedObject(body.toString('utf8'))?.['usage']);
  const input = numberOr(usage['input_tokens'] ?? usage['prompt_tokens'], null);
  const output = numberOr(usage['output_tokens'] ?? usage['completion_tokens'], null);
  if (input === null && output === null) return UNMEASURED;
  const told: Usage = {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  };
  return isCounted(told) ? { usage: told, finishReason: null, outputChars: 0 } : UNMEASURED;
}
