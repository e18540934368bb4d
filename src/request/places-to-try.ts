import { GatewayError } from '../core/errors.js';
import type { Rates, ServedModel, Upstream } from '../core/model.js';
import type {
  ListedModel,
  ProviderPreferences,
  RoutingPreferences,
} from '../dialects/routing-preferences.js';
import { isNamed } from '../upstream/place-names.js';
import type { Setup } from './setup.js';

/** The places to try for a request that names its model. */
export interface PlacesToTry {
  readonly tries: readonly Upstream[];
  /** Attempts in all; each listed model has as many as a single one would have. */
  readonly maxAttempts: number;
  /** The request lists models that only the provider knows, so the list is sent to it; absent for `false`. */
  readonly sendsModelList?: boolean;
}

type Known = Pick<Setup, 'resolve' | 'providers' | 'maxAttempts' | 'circuitBreakers'>;

/**
 * The places of the model that a client names, then those of the fallback models that it lists, within its routing terms.
 *
 * A list with models that are not served here is sent on to a provider that takes such lists, if the first model runs at one.
 *
 * @throws {GatewayError} `model_not_found`, `invalid_request` for a condition that cannot be met here, `no_candidate`
 *   if the terms leave no place
 */
export function placesWithinTerms(
  setup: Known,
  first: ServedModel,
  terms: RoutingPreferences,
): PlacesToTry {
  const { providers } = terms;
  const routers = routersFor(setup, first, terms);
  if (routers !== null) {
    const tries = providers === null ? routers : allowed(setup, routers, providers);
    if (tries.length > 0) return { tries, maxAttempts: setup.maxAttempts, sendsModelList: true };
  }
  const models = [first, ...terms.models.map((listed) => modelListed(setup, listed))];
  const kept = models.map(({ upstreams }) =>
    providers === null ? upstreams : allowed(setup, upstreams, providers),
  );
  if (providers !== null && kept.every((some) => some.length === 0))
    throw noneLeft(models, providers);
  const [only = [], ...others] = kept;
  if (others.length === 0) return { tries: only, maxAttempts: setup.maxAttempts };
  // A place that several of the names resolve to is tried once.
  const tries = new Map(
    kept.flatMap((some) => attempted(some, setup)).map((place) => [place.id, place]),
  );
  return { tries: [...tries.values()], maxAttempts: tries.size };
}

/** The places of the model whose providers route themselves, if the request lists models that are not served here; otherwise `null`. */
function routersFor(
  setup: Known,
  { upstreams }: ServedModel,
  { models }: RoutingPreferences,
): readonly Upstream[] | null {
  const routers = upstreams.filter(
    ({ provider }) => setup.providers.get(provider)?.takesRouteTerms === true,
  );
  const isTheirs = ({ name, at }: ListedModel): boolean =>
    at.startsWith('models') && !isServed(setup, name);
  return routers.length > 0 &&
    models.every(({ at }) => at.startsWith('models')) &&
    models.some(isTheirs)
    ? routers
    : null;
}

function isServed(setup: Known, name: string): boolean {
  try {
    return setup.resolve(name).kind === 'model';
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}

/** The places of one model that its attempts suffice for, in order; resting ones are left out first. */
function attempted(
  places: readonly Upstream[],
  { maxAttempts, circuitBreakers }: Known,
): readonly Upstream[] {
  if (places.length <= maxAttempts) return places;
  const available = places.filter((place) => !circuitBreakers.isResting(place));
  const chosen = new Set([...new Set([...available, ...places])].slice(0, maxAttempts));
  return places.filter((place) => chosen.has(place));
}

/**
 * Refuses routing terms on a policy, which chooses models by its rules.
 *
 * @throws {GatewayError} `invalid_request`
 */
export function refuseTermsOnPolicy(
  policy: string,
  { models, providers }: RoutingPreferences,
): void {
  const [listed] = models;
  if (listed !== undefined) {
    const why = `"${policy}" is a policy, which chooses its own fallback models: name a model, or omit the list`;
    throw refusal(listed.at.replace(/\[.*/u, ''), why);
  }
  if (providers === null || !isRestrictive(providers)) return;
  const why = `"${policy}" is a policy, whose rules decide which models may answer (only, never, limit); \`provider\` applies only to a model that the request names`;
  throw refusal('provider', why);
}

function isRestrictive({
  order,
  only,
  ignore,
  allowsOthers,
  maxPrice,
  conditions,
}: ProviderPreferences) {
  const isFree = maxPrice.input === null && maxPrice.output === null && only === null;
  return !isFree || !allowsOthers || [order, ignore, conditions].some((list) => list.length > 0);
}

function modelListed(setup: Known, { name, at }: ListedModel): ServedModel {
  try {
    const target = setup.resolve(name);
    if (target.kind === 'model') return target.served;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError(error.code, error.message, { param: at });
  }
  throw refusal(at, `"${name}" is a policy, and only models can be fallbacks`);
}

function allowed(
  { providers }: Known,
  upstreams: readonly Upstream[],
  terms: ProviderPreferences,
): readonly Upstream[] {
  const routes = ({ provider }: Upstream): boolean =>
    providers.get(provider)?.takesRouteTerms === true;
  const named: Named = ({ provider }, names) => {
    const known = providers.get(provider);
    return known !== undefined && isNamed(known, names, providers);
  };
  const kept = upstreams.filter((place) => {
    // It gets the same terms, and applies them to its own providers.
    if (routes(place)) return !named(place, terms.ignore);
    return terms.conditions.length === 0 && isAllowed(place, terms, named);
  });
  const ordered = inOrder(kept, terms, named);
  if (terms.allowsOthers) return ordered;
  return terms.order.length === 0
    ? ordered.slice(0, 1)
    : ordered.filter((place) => routes(place) || named(place, terms.order));
}

/** Whether one of the client's provider names means this place. */
type Named = (place: Upstream, names: readonly string[]) => boolean;

function isAllowed(
  place: Upstream,
  { only, ignore, maxPrice }: ProviderPreferences,
  named: Named,
): boolean {
  if (only !== null && !named(place, only)) return false;
  if (named(place, ignore)) return false;
  return (['input', 'output'] as const).every((kind) =>
    isWithin(place.price, kind, maxPrice[kind]),
  );
}

/** Whether a price is within a limit; an unknown price never is. */
function isWithin(price: Rates | null, kind: 'input' | 'output', most: number | null): boolean {
  return most === null || (price?.[kind] ?? Infinity) <= most;
}

function inOrder(
  places: readonly Upstream[],
  terms: ProviderPreferences,
  named: Named,
): readonly Upstream[] {
  const rank = (place: Upstream): number => {
    const at = terms.order.findIndex((name) => named(place, [name]));
    return at < 0 ? terms.order.length : at;
  };
  const cost = ({ price }: Upstream): number =>
    terms.cheapestFirst ? (price?.input ?? Infinity) + (price?.output ?? Infinity) : 0;
  return [...places].sort((a, b) => rank(a) - rank(b) || compare(cost(a), cost(b)));
}

/** Infinite costs compare as equal, where their difference would be `NaN`. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function noneLeft(models: readonly ServedModel[], terms: ProviderPreferences): GatewayError {
  const places = models.map(({ model, upstreams }) => {
    const names = upstreams.map(({ provider }) => provider).join(', ');
    return `"${model.id}" is available from ${names}`;
  });
  const where = places.join('; ');
  const [condition] = terms.conditions;
  if (condition !== undefined) {
    const why = `${where}, and the gateway does not know which of them meet this condition; omit it, or serve the model through openrouter, which receives and applies it`;
    return refusal(condition, why);
  }
  const message = `\`provider\` excludes every provider: ${where}. GET /v1/models lists the providers of each model, and their prices.`;
  return new GatewayError('no_candidate', message, { param: 'provider' });
}

function refusal(param: string, why: string): GatewayError {
  return new GatewayError('invalid_request', `\`${param}\`: ${why}.`, { param });
}
