import type { Upstream } from '../core/model.js';
import type { ChatRequest, DialectName } from '../dialects/dialect.js';
import type { Loss } from '../dialects/neutral/losses.js';
import { withoutNames, withoutTerms, type RouteTerms } from '../dialects/route-terms.js';
import { isNamed } from './place-names.js';
import type { Provider } from './providers.js';

/** Names belong to the dialect that the provider speaks first of all. @param tellsModels - it is told the models that the request lists */
export function renamesFor(
  { terms = null }: ChatRequest,
  spoken: DialectName,
  provider: Provider,
  { upstreamModel }: Upstream,
  tellsModels = false,
): Provider['renames'] {
  const renames =
    spoken === provider.dialect ? provider.renamesFor(upstreamModel) : provider.renames;
  return terms === null
    ? renames
    : { ...renames, ...withoutTerms(terms, provider.takesRouteTerms, tellsModels) };
}

/**
 * The request for a provider that is told whom to ask: a client that wants this very provider says nothing by that of those
 * behind it, among whom none has its name.
 *
 * @param providers - by name
 */
export function askedBehind(
  request: ChatRequest,
  provider: Provider,
  providers: ReadonlyMap<string, Provider>,
): ChatRequest {
  const places = request.terms?.places ?? null;
  if (places === null || !provider.takesRouteTerms) return request;
  const isItself = (name: string): boolean => isNamed(provider, [name], providers);
  if (![...places.order, ...(places.only ?? [])].some(isItself)) return request;
  return { ...request, body: withoutNames(request.body, places, isItself) };
}

/** What a client would like of the place that is asked, and neither it nor the gateway heeds. */
export function withWishes(
  dropped: readonly Loss[],
  terms: RouteTerms | null,
  { takesRouteTerms }: Provider,
): readonly Loss[] {
  const wishes = takesRouteTerms ? [] : (terms?.places?.wishes ?? []);
  if (wishes.length === 0) return dropped;
  return [...dropped, ...wishes.map((field) => ({ field, what: 'provider' }))];
}
