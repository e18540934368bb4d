import type { Upstream } from '../core/model.js';
import type { ChatRequest, DialectName } from '../dialects/dialect.js';
import type { Loss } from '../dialects/neutral/losses.js';
import {
  withoutProviderNames,
  routingRemovals,
  type RoutingPreferences,
} from '../dialects/routing-preferences.js';
import { isNamed } from './place-names.js';
import type { Provider } from './providers.js';

/** The member names to change in a request. Names for single models apply to the provider's first dialect only. @param sendsModelList - the request's list of models is sent to it */
export function renamesFor(
  { terms = null }: ChatRequest,
  providerDialect: DialectName,
  provider: Provider,
  { upstreamModel }: Upstream,
  sendsModelList = false,
): Provider['renames'] {
  const renames =
    providerDialect === provider.dialect ? provider.renamesFor(upstreamModel) : provider.renames;
  return terms === null
    ? renames
    : { ...renames, ...routingRemovals(terms, provider.takesRouteTerms, sendsModelList) };
}

/**
 * The request for a provider that is itself a router. If the client names this provider, the name is removed: it means none of
 * the providers behind it.
 *
 * @param providers - by name
 */
export function requestForRouter(
  request: ChatRequest,
  provider: Provider,
  providers: ReadonlyMap<string, Provider>,
): ChatRequest {
  const places = request.terms?.providers ?? null;
  if (places === null || !provider.takesRouteTerms) return request;
  const isItself = (name: string): boolean => isNamed(provider, [name], providers);
  if (![...places.order, ...(places.only ?? [])].some(isItself)) return request;
  return { ...request, body: withoutProviderNames(request.body, places, isItself) };
}

/** Adds the client's preferences about providers that neither the provider nor the gateway honours to the dropped parts. */
export function withUnmetPreferences(
  dropped: readonly Loss[],
  terms: RoutingPreferences | null,
  { takesRouteTerms }: Provider,
): readonly Loss[] {
  const wishes = takesRouteTerms ? [] : (terms?.providers?.ignored ?? []);
  if (wishes.length === 0) return dropped;
  return [...dropped, ...wishes.map((field) => ({ field, what: 'provider' }))];
}
