import type { GatewayError } from '../core/errors.js';
import { isObject, objectOrEmpty, without, type JsonObject } from './json.js';
import { scanObject, spliceBytes, valueIn, type Splice } from './json-splice.js';
import { invalid, isAbsent, wrongType } from './request-check.js';

/**
 * Whom a client wants to be answered by, beyond `model`: what OpenRouter's clients write as `models` and
 * `provider`, and LiteLLM's as `fallbacks`. It is said to the gateway, so it is never sent to a model.
 */
export interface RouteTerms {
  /** Models to ask when those before have failed, in order. */
  readonly models: readonly ListedModel[];
  /** Where the models may be asked; `null` for everywhere. */
  readonly places: PlaceTerms | null;
}

/** A model that a request lists, and where in the request it stands. */
export interface ListedModel {
  readonly name: string;
  readonly at: string;
}

/** Which providers may be asked, and in which order, by the names that clients write. */
export interface PlaceTerms {
  /** Those to ask first; empty for any. */
  readonly order: readonly string[];
  /** `null` for all. */
  readonly only: readonly string[] | null;
  readonly ignore: readonly string[];
  /** Others than those of `order`, or than the first, may be asked. */
  readonly allowsOthers: boolean;
  /** US dollars per million tokens, at the most; `null` for any price. */
  readonly maxPrice: { readonly input: number | null; readonly output: number | null };
  readonly cheapestFirst: boolean;
  /** Conditions of which this gateway knows nothing, as paths: only a provider that takes `provider` itself can keep them. */
  readonly conditions: readonly string[];
  /** Wishes that are no conditions, and that nobody here can follow, as paths. */
  readonly wishes: readonly string[];
}

/** The members that hold the terms. */
const LISTS = ['models', 'fallbacks'] as const;
const LEGACY = 'route';
const PLACES = 'provider';

/** A list of more is no list of fallbacks. */
const MOST_MODELS = 10;

/**
 * Reads the terms of a request.
 *
 * @returns `null` where there are none
 * @throws {GatewayError} `invalid_request` with the member that cannot be understood
 */
export function routeTermsIn(request: JsonObject): RouteTerms | null {
  const { models, fallbacks, route, provider } = request;
  if (isAbsent(models) && isAbsent(fallbacks) && isAbsent(route) && isAbsent(provider)) return null;
  // What is no object is a word of somebody else's.
  const places = isObject(provider) ? placeTermsIn(provider) : null;
  const listed = LISTS.flatMap((name) => modelsIn(request[name], name));
  if (listed.length > MOST_MODELS) {
    throw invalid('models', `must list at most ${MOST_MODELS} models; there are ${listed.length}`);
  }
  return { models: listed, places };
}

/** Whether a member of a request belongs to its terms. */
export function isRouteTerm(name: string, value: unknown): boolean {
  if (name === PLACES) return isObject(value);
  return name === LEGACY || LISTS.some((list) => list === name);
}

/**
 * The members that are not for a provider, as `RequestEdits.renames` has them.
 *
 * @param takesPlaces - it reads `provider` itself
 * @param takesModels - it is to read `models` and `route` itself
 */
export function withoutTerms(
  { places }: RouteTerms,
  takesPlaces: boolean,
  takesModels: boolean,
): Readonly<Record<string, null>> {
  const gone = {
    fallbacks: null,
    ...(!(takesPlaces && takesModels) && { models: null, [LEGACY]: null }),
  };
  return takesPlaces || places === null ? gone : { ...gone, [PLACES]: null };
}

/**
 * The client's bytes without some names of providers in its terms: where one of them alone may be asked, or others as well,
 * nothing is said any more of who may.
 *
 * @param body - a JSON object
 * @param places - what was read from it
 */
export function withoutNames(
  body: Buffer,
  { order, only }: PlaceTerms,
  isGone: (name: string) => boolean,
): Buffer {
  const left = order.filter((name) => !isGone(name));
  const isBound = only !== null && !only.some(isGone);
  const kept = { ...(left.length > 0 && { order: left }), ...(isBound && { only }) };
  const splices = scanObject(body, 0, [PLACES]).found.map((span): Splice => {
    const rest = without(objectOrEmpty(valueIn(body, span)), ['order', 'only']);
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
    throw invalid(place, 'must be the name of a model');
  });
}

/** LiteLLM's clients may write `{"model": …}`; whatever else it had would be lost. */
function isNameOnly(entry: JsonObject): boolean {
  return Object.keys(entry).every((name) => name === 'model');
}

/** Members that are wishes: a provider that does not follow them breaks no promise. */
const WISHES = new Set(['preferred_min_throughput', 'preferred_max_latency', 'experimental']);
const READ = new Set(['order', 'only', 'ignore', 'allow_fallbacks', 'max_price', 'sort']);
/** Prices that this gateway compares, and what they are called here. */
const PRICES = { prompt: 'input', completion: 'output' } as const;

function placeTermsIn(provider: JsonObject): PlaceTerms {
  const sort = sortIn(provider['sort']);
  const { maxPrice, otherPrices } = maxPriceIn(provider['max_price']);
  const said = Object.entries(provider).filter(
    ([name, value]) => !READ.has(name) && asksForSomething(value),
  );
  const paths = (isWish: boolean): string[] =>
    said.filter(([name]) => WISHES.has(name) === isWish).map(([name]) => `${PLACES}.${name}`);
  return {
    order: namesIn(provider, 'order') ?? [],
    only: namesIn(provider, 'only'),
    ignore: namesIn(provider, 'ignore') ?? [],
    allowsOthers: flagIn(provider, 'allow_fallbacks') ?? true,
    maxPrice,
    cheapestFirst: sort === 'price',
    conditions: [...otherPrices, ...paths(false)],
    wishes: [...(sort === null || sort === 'price' ? [] : [`${PLACES}.sort`]), ...paths(true)],
  };
}

/** `data_collection: "allow"` and the like leave everything as it is. */
function asksForSomething(value: unknown): boolean {
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

function maxPriceIn(given: unknown): {
  readonly maxPrice: PlaceTerms['maxPrice'];
  readonly otherPrices: readonly string[];
} {
  const at = `${PLACES}.max_price`;
  const maxPrice: { input: number | null; output: number | null } = { input: null, output: null };
  const otherPrices: string[] = [];
  if (isAbsent(given)) return { maxPrice, otherPrices };
  if (!isObject(given)) throw wrongType(at, 'an object of prices', given);
  for (const [name, value] of Object.entries(given)) {
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
