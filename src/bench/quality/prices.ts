import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { formatZodError } from '../../yaml/issue-messages.js';
import type { Catalog } from '../../catalog/catalog.js';
import { expectedCostUsd } from '../../catalog/price.js';
import type { ModelOverride } from '../../catalog/schema.js';
import type { Candidate } from '../../core/decision.js';
import type { Price } from '../../core/model.js';
import { DataError } from '../../outcomes/jsonl.js';
import type { GradedLine, GradedOutcome } from '../../outcomes/outcome-file.js';

const rate = z.number().nonnegative().nullable();
const rates = z.looseObject({ input: rate, output: rate });
const priceFile = z.union([
  z.looseObject({ models: z.record(z.string(), rates) }).transform(({ models }) => models),
  z.record(z.string(), rates),
]);

/** US dollars per million tokens, by model. */
export type PriceList = ReadonlyMap<string, { readonly input: number; readonly output: number }>;

/**
 * Reads a list of prices: `{"vendor/name": {"input", "output"}}`, or the same under `models`.
 * Models with only one known rate are left out.
 *
 * @throws {DataError} the file is missing, not JSON, or not in this format
 */
export async function readPrices(file: string): Promise<PriceList> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DataError(`${file}: cannot be read`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${file}: not JSON`, { cause });
  }
  const parsed = priceFile.safeParse(json);
  if (!parsed.success) {
    const of = { schema: priceFile, value: json, whole: 'the list' };
    throw new DataError(`${file}: ${formatZodError(parsed.error, of)}`);
  }
  const list = new Map<string, { input: number; output: number }>();
  for (const [model, { input, output }] of Object.entries(parsed.data)) {
    if (input !== null && output !== null) list.set(model, { input, output });
  }
  return list;
}

/** The catalog with these prices for these models, as if an operator had configured them. */
export function catalogWith(
  prices: PriceList,
  models: readonly string[],
  catalog: Catalog,
): Catalog {
  const overrides: Record<string, ModelOverride> = {};
  for (const model of models) {
    const listed = priceIn(prices, model);
    if (listed === undefined) continue;
    const unknown = { cache_read: null, cache_write: null, cache_write_1h: null };
    const price = { ...listed, ...unknown, tiers: [] };
    overrides[model] = { hosts: [{ provider: 'list', model, price }] };
  }
  return catalog.withOverrides(overrides);
}

/** A suffix after `@` names a way of calling the model and does not change its price. */
function priceIn(prices: PriceList, model: string): ReturnType<PriceList['get']> {
  return prices.get(model) ?? prices.get(model.replace(/@.*$/u, ''));
}

/**
 * Prices for models without a listed price, derived from their outcomes: one rate for input and output
 * tokens that reproduces the total paid.
 */
export function impliedPrices(
  lines: readonly GradedLine[],
  models: readonly string[],
  catalog: Catalog,
): PriceList {
  const list = new Map<string, { input: number; output: number }>();
  for (const model of models) {
    if (listedPrice(catalog, model) !== null) continue;
    let usd = 0;
    let tokens = 0;
    for (const { outcomes } of lines) {
      const outcome = outcomes.get(model);
      if (outcome?.costUsd == null || outcome.inTokens === null || outcome.outTokens === null)
        continue;
      usd += outcome.costUsd;
      tokens += outcome.inTokens + outcome.outTokens;
    }
    const perMillion = (usd / tokens) * 1_000_000;
    if (tokens > 0) list.set(model, { input: perMillion, output: perMillion });
  }
  return list;
}

/** The price that the router uses for a model; `null` if unknown. */
export function listedPrice(catalog: Catalog, model: string): Price | null {
  return catalog.find(model)?.hosts[0]?.price ?? null;
}

/** What an answer cost, and whether its tokens had to be estimated. */
export interface AnswerCost {
  readonly usd: number;
  readonly estimated: boolean;
}

/**
 * What an answer cost: as stated, else its tokens at the listed price, else the tokens that the
 * router expected at that price.
 *
 * @param hasLengths - whether the set's answer token counts are real and not placeholders
 * @returns `null` if a rate that is needed is unknown
 */
export function answerCost(
  { costUsd, inTokens, outTokens }: GradedOutcome,
  price: Price | null,
  expected: Pick<Candidate, 'outputTokens'> & { readonly inputTokens: number },
  hasLengths: boolean,
): AnswerCost | null {
  if (costUsd !== null) return { usd: costUsd, estimated: false };
  const counted = hasLengths ? outTokens : null;
  const usd = expectedCostUsd(
    price,
    inTokens ?? expected.inputTokens,
    counted ?? expected.outputTokens,
  );
  return usd === null ? null : { usd, estimated: inTokens === null || counted === null };
}
