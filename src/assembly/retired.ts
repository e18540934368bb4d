import type { Model, ServedModel, Upstream } from '../core/model.js';

/**
 * A served model without the providers that have retired it.
 *
 * @param day - today, as YYYY-MM-DD
 * @returns `null` if no provider is left
 */
export function stillServed({ model, upstreams }: ServedModel, day: string): ServedModel | null {
  const [first, ...others] = upstreams.filter((upstream) => !isRetired(model, upstream, day));
  return first === undefined ? null : { model, upstreams: [first, ...others] };
}

function isRetired({ hosts }: Model, { provider, upstreamModel }: Upstream, day: string): boolean {
  const host = hosts.find((one) => one.provider === provider && one.model === upstreamModel);
  return host?.retired !== undefined && host.retired <= day;
}
