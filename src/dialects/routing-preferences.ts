import type { GatewayError } from '../core/errors.js';
import { isObject, objectOrEmpty, without, type JsonObject } from './json.js';
import { scanObject, spliceBytes, parseValue, type Splice } from './json-splice.js';
import { invalid, isAbsent, wrongType } from './request-check.js';

/**
 * Which models and providers a client wants, beyond `model`: what OpenRouter's clients write as `models` and
 * `provider`, and LiteLLM's as `fallbacks`. It is meant for the gateway, so it is never sent to a model.
 */
export interface RoutingPreferences {
  /** Fallback models, in order. */
  readonly models: readonly ListedModel[];
  /** Which providers may serve the models; `null` for any. */
  readonly providers: ProviderPreferences | null;
}

/** A model that a request lists, and its path in the request. */
export interface ListedModel {
  readonly name: string;
  readonly at: string;
}

/** Which providers may be used, and in which order, by the names that clients write. */
export interface ProviderPreferences {
  /** Those to try first; empty for any. */
  readonly order: readonly string[];
  /** `null` for all. */
  readonly only: readonly string[] | null;
  readonly ignore: readonly string[];
  /** Providers other than those in `order`, or other than the first, may be used. */
  readonly allowsOthers: boolean;
  /** Maximum price in US dollars per million tokens; `null` for any price. */
  readonly maxPrice: { readonly input: number | null; readonly output: number | null };
  readonly cheapestFirst: boolean;
  /** Conditions unknown to this gateway, as paths: only a provider that accepts `provider` itself can meet them. */
  readonly conditions: readonly string[];
  /** Preferences that the gateway ignores, as paths. */
  readonly ignored: readonly string[];
}

/** The members that hold the preferences. */
const LISTS = ['models', 'fallbacks'] as const;
const LEGACY = 'route';
const PLACES = 'provider';

/** Longer lists are rejected. */
const MOST_MODELS = 10;

/**
 * Reads the model and provider preferences of a request.
 *
 * @returns `null` if there are none
 * @throws {GatewayError} `invalid_request` with the invalid member
 */
export function readRoutingPreferences(request: JsonObject): RoutingPreferences | null {
  const { models, fallbacks, route, provider } = request;
  if (isAbsent(models) && isAbsent(fallbacks) && isAbsent(route) && isAbsent(provider)) return null;
  // If it is not an object, it has another meaning, and is not for the gateway.
  const places = isObject(provider) ? placeTermsIn(provider) : null;
  const listed = LISTS.flatMap((name) => modelsIn(request[name], name));
  if (listed.length > MOST_MODELS) {
    throw invalid('models', `must list at most ${MOST_MODELS} models, not ${listed.length}`);
  }
  return { models: listed, providers: places };
}

/** Whether a member of a request is one of these preferences. */
export function isRoutingPreference(name: string, value: unknown): boolean {
  if (name === PLACES) return isObject(value);
  return name === LEGACY || LISTS.some((list) => list === name);
}

/**
 * The members to remove before the request is sent to a provider, in the form of `RequestEdits.renames`.
 *
 * @param takesPlaces - the provider understands `provider` itself
 * @param takesModels - the provider handles `models` and `route` itself
 */
export function routingRemovals(
  { providers }: RoutingPreferences,
  takesPlaces: boolean,
  takesModels: boolean,
): Readonly<Record<string, null>> {
  const removals = {
    fallbacks: null,
    ...(!(takesPlaces && takesModels) && { models: null, [LEGACY]: null }),
  };
  return takesPlaces || providers === null ? removals : { ...removals, [PLACES]: null };
}

/**
 * The client's bytes with some provider names removed from `provider.order` and `provider.only`. If a removed name
 * is in `only`, the whole restriction is removed.
 *
 * @param body - a JSON object
 * @param places - the provider preferences read from the body
 */
export function withoutProviderNames(
  body: Buffer,
  { order, only }: ProviderPreferences,
  isGone: (name: string) => boolean,
): Buffer {
  const left = order.filter((name) => !isGone(name));
  const isBound = only !== null && !only.some(isGone);
  const kept = { ...(left.length > 0 && { order: left }), ...(isBound && { only }) };
  const splices = scanObject(body, 0, [PLACES]).found.map((span): Splice => {
    const rest = without(objectOrEmpty(parseValue(body, span)), ['order', 'only']);
    return { start: span.start, end: span.end, text: JSON.stringify({ ...rest, ...kept }) };
  });
  return spliceBytes(body, splices);
}

function modelsIn(list: unknown, at: string): ListedModel[] {
  if (isAbsent(list)) return [];
  if (!Array.isArray(list)) throw wrongType(at, 'an array of models', list);
  return list.map((entry: unknown, i) => {
    const place = `${at}[${i}]`;
    const name = isObject(entry) && isNameOnly(entry) ? entry['model'] : entry;
    if (typeof name === 'string' && name.trim() !== '') return { name, at: place };
    throw invalid(place, 'must be a model name');
  });
}

/** LiteLLM's clients may write `{"model": …}`; any other member would be lost. */
function isNameOnly(entry: JsonObject): boolean {
  return Object.keys(entry).every((name) => name === 'model');
}

/** Members that are preferences: a provider may ignore them. */
const WISHES = new Set(['preferred_min_throughput', 'preferred_max_latency', 'experimental']);
const READ = new Set(['order', 'only', 'ignore', 'allow_fallbacks', 'max_price', 'sort']);
/** The prices that this gateway compares, and its names for them. */
const PRICES = { prompt: 'input', completion: 'output' } as const;

function placeTermsIn(provider: JsonObject): ProviderPreferences {
  const sort = sortIn(provider['sort']);
  const { maxPrice, otherPrices } = maxPriceIn(provider['max_price']);
  const unsupported = Object.entries(provider).filter(
    ([name, value]) => !READ.has(name) && isRestrictive(value),
  );
  const paths = (isWish: boolean): string[] =>
    unsupported
      .filter(([name]) => WISHES.has(name) === isWish)
      .map(([name]) => `${PLACES}.${name}`);
  return {
    order: namesIn(provider, 'order') ?? [],
    only: namesIn(provider, 'only'),
    ignore: namesIn(provider, 'ignore') ?? [],
    allowsOthers: flagIn(provider, 'allow_fallbacks') ?? true,
    maxPrice,
    cheapestFirst: sort === 'price',
    conditions: [...otherPrices, ...paths(false)],
    ignored: [...(sort === null || sort === 'price' ? [] : [`${PLACES}.sort`]), ...paths(true)],
  };
}

/** `data_collection: "allow"` and the like restrict nothing. */
function isRestrictive(value: unknown): boolean {
  if (isAbsent(value) || value === false || value === 'allow') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function namesIn(provider: JsonObject, name: string): readonly string[] | null {
  const list = provider[name];
  if (isAbsent(list)) return null;
  const at = `${PLACES}.${name}`;
  if (!Array.isArray(list)) throw wrongType(at, 'an array of providers', list);
  if (list.length === 0) return null;
  return list.map((entry: unknown, i) => {
    if (typeof entry !== 'string') throw wrongType(`${at}[${i}]`, 'the name of a provider', entry);
    return entry;
  });
}

function flagIn(provider: JsonObject, name: string): boolean | null {
  const flag = provider[name];
  if (isAbsent(flag)) return null;
  if (typeof flag !== 'boolean') throw wrongType(`${PLACES}.${name}`, 'true or false', flag);
  return flag;
}

/** `"price"`, or `{"by": "price"}`. */
function sortIn(sort: unknown): string | null {
  if (isAbsent(sort)) return null;
  const by = isObject(sort) ? sort['by'] : sort;
  if (typeof by === 'string') return by;
  throw wrongType(`${PLACES}.sort`, '"price", "throughput" or "latency"', sort);
}

function maxPriceIn(priceLimits: unknown): {
  readonly maxPrice: ProviderPreferences['maxPrice'];
  readonly otherPrices: readonly string[];
} {
  const at = `${PLACES}.max_price`;
  const maxPrice: { input: number | null; output: number | null } = { input: null, output: null };
  const otherPrices: string[] = [];
  if (isAbsent(priceLimits)) return { maxPrice, otherPrices };
  if (!isObject(priceLimits)) throw wrongType(at, 'an object of prices', priceLimits);
  for (const [name, value] of Object.entries(priceLimits)) {
    if (isAbsent(value)) continue;
    const usd = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof usd !== 'number' || !(usd >= 0)) throw notAPrice(`${at}.${name}`, value);
    if (name === 'prompt' || name === 'completion') maxPrice[PRICES[name]] = usd;
    else otherPrices.push(`${at}.${name}`);
  }
  return { maxPrice, otherPrices };
}

function notAPrice(at: string, value: unknown): GatewayError {
  return wrongType(at, 'US dollars per million tokens', value);
}
