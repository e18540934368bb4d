import type { Price, ServedModel } from '../core/model.js';

/** A model for `GET /v1/models`: OpenAI's fields, then the gateway's own. */
export function modelJson({ model, upstreams }: ServedModel): Record<string, unknown> {
  return {
    id: model.id,
    object: 'model',
    created: createdS(model.released),
    owned_by: model.vendor,
    display_name: model.displayName,
    simulated: model.simulated,
    context_length: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    capabilities: [...model.capabilities],
    pricing: priceJson(upstreams[0].price),
    speed: model.speed && {
      first_token_ms: model.speed.firstTokenMs,
      tokens_per_s: model.speed.tokensPerS,
    },
    upstreams: upstreams.map((upstream) => ({
      id: upstream.id,
      provider: upstream.provider,
      pricing: priceJson(upstream.price),
    })),
  };
}

/** A policy for `GET /v1/models`, so that clients can pick it from their list of models. */
export function policyJson(name: string): Record<string, unknown> {
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: 'suffice',
    policy: true,
  };
}

/** A model or policy with Anthropic's fields added; fields that both have stay as they are. */
export function anthropicModel(json: Record<string, unknown>): Record<string, unknown> {
  const { id, display_name: name = id, created } = json;
  const createdAt = new Date(Number(created) * 1000).toISOString();
  return { ...json, type: 'model', id, display_name: name, created_at: createdAt };
}

/** All models as a single page of Anthropic's list. */
export function anthropicList(models: readonly Record<string, unknown>[]): Record<string, unknown> {
  const data = models.map(anthropicModel);
  const ends = { first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null };
  return { data, has_more: false, ...ends };
}

/** US dollars per million tokens; `null` where unknown. */
function priceJson(price: Price | null): Record<string, unknown> | null {
  if (price === null) return null;
  return {
    unit: 'USD per million tokens',
    input: price.input,
    output: price.output,
    cache_read: price.cacheRead,
    cache_write: price.cacheWrite,
    cache_write_1h: price.cacheWriteHour ?? null,
    tiers: price.tiers.map((tier) => ({
      above_input_tokens: tier.aboveInputTokens,
      input: tier.input,
      output: tier.output,
      cache_read: tier.cacheRead,
      cache_write: tier.cacheWrite,
      cache_write_1h: tier.cacheWriteHour ?? null,
    })),
    as_of: price.asOf,
    source: price.source,
  };
}

function createdS(released: string | null): number {
  const ms = Date.parse(released ?? '');
  return Number.isNaN(ms) ? 0 : ms / 1000;
}
