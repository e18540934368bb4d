import { GatewayError } from '../core/errors.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import { retryHeader } from '../dialects/openai/retry-after.js';
import { parseAnswerObject } from '../dialects/answer-body.js';
import type { ChatRequest, ClientDialect } from '../dialects/dialect.js';
import { adapterBetween } from '../dialects/dialects.js';
import { estimateTokens } from '../route/token-estimate.js';
import type { Setup } from './setup.js';

/** Input tokens of a request. */
export interface TokenCount {
  readonly inputTokens: number;
  /** Estimated here; no provider was asked. */
  readonly estimated: boolean;
}

/**
 * Counts the input tokens of a request.
 *
 * Requests to a policy are not routed: the estimate does not depend on the model.
 *
 * @throws {GatewayError} `model_not_found`, and errors of the provider that was asked
 */
export async function countTokens(
  setup: Setup,
  request: ChatRequest,
  { dialect, signal }: { readonly dialect: ClientDialect; readonly signal: AbortSignalLike },
): Promise<TokenCount> {
  const target = setup.resolve(request.model);
  const upstream = target.kind === 'model' ? target.served.upstreams[0] : null;
  const provider = upstream === null ? undefined : setup.providers.get(upstream.provider);
  const canAsk = provider?.dialect === dialect.name && provider.countPath !== null;
  if (upstream === null || !canAsk) {
    return { inputTokens: estimateTokens(request.conversation()), estimated: true };
  }
  const passage = adapterBetween(dialect.name, provider.dialect);
  const edits = {
    model: upstream.upstreamModel,
    askUsage: false,
    renames: provider.renames,
  };
  const { body, headers } = passage.prepareRequest(request, edits, () => {
    throw new Error('requests to count tokens cannot be translated');
  });
  const call = { upstream, body, headers, stream: false, signal, counting: true };
  const answer = await setup.upstreams.call(call);
  // Cannot happen: a stream comes only if the request asks for one.
  if (answer.kind !== 'whole')
    throw new Error('expected a token count, but the provider sent a stream');
  if (answer.status >= 300) {
    const failed = passage.readError(answer.status, answer.bytes, retryHeader(answer));
    throw provider.redacted(failed);
  }
  const { input_tokens: inputTokens } = parseAnswerObject(answer.bytes);
  if (typeof inputTokens === 'number') return { inputTokens, estimated: false };
  throw new GatewayError('upstream_failed', 'The provider sent no token count.');
}
