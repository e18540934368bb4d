import * as z from 'zod';

import { BENCHMARKS } from '../core/benchmark.js';
import type { BenchmarkName } from '../core/benchmark.js';
import { CAPABILITIES } from '../core/model.js';
import { nearest } from '../core/nearest.js';

/** The providers that the shipped catalog may name as hosts; an operator's overrides may name any provider. */
export const HOST_PROVIDERS = [
  'ai21',
  'alibaba',
  'anthropic',
  'azure',
  'bedrock',
  'cerebras',
  'cohere',
  'deepseek',
  'fireworks',
  'google',
  'groq',
  'minimax',
  'mistral',
  'moonshot',
  'nvidia',
  'ollama',
  'openai',
  'openrouter',
  'simulation',
  'together',
  'vertex',
  'xai',
  'zai',
] as const;

const day = z.iso.date('must be a date in the form 2026-01-31');

const sourceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be a name in lower case, such as vendor-docs');

// Its format needs no check: it must be one of the names under `sources`, which are checked.
const source = z.string().describe('Where it is stated: a name under `sources` of this file.');

const evidence = z.strictObject({
  url: z
    .string()
    .regex(
      /^(?:https?:\/\/\S+|docs\/\S+)$/,
      'must be a URL such as https://host.example/page, or a page of this project such as docs/catalog.md',
    )
    .describe('The page that states the figures.'),
  read: day.describe('The date on which it was read, as YYYY-MM-DD.'),
});

const tokens = z.int().positive();

const rate = z.number().min(0).nullable();

const rates = {
  input: rate.describe(
    'Dollars per million input tokens; empty if unknown (which never counts as free).',
  ),
  output: rate.describe('Dollars per million output tokens, including reasoning.'),
  cache_read: rate
    .default(null)
    .describe('Dollars per million input tokens read from the prompt cache; empty: as `input`.'),
  cache_write: rate
    .default(null)
    .describe('Dollars per million input tokens written to the prompt cache; empty: as `input`.'),
  cache_write_1h: rate
    .default(null)
    .describe(
      'The same for tokens that are cached for an hour instead of five minutes; empty: as `cache_write`.',
    ),
};

const tier = z.strictObject({
  above_input_tokens: tokens.describe(
    'If the input is longer than this many tokens, these rates apply to the whole request.',
  ),
  ...rates,
});

const tiers = z
  .array(tier)
  .default([])
  .refine(
    (list) => list.every((one, i) => i === 0 || isAbove(one, list[i - 1])),
    'must be in ascending order of above_input_tokens',
  )
  .describe('Different rates for long requests.');

function isAbove(
  one: { above_input_tokens: number },
  other: { above_input_tokens: number } | undefined,
): boolean {
  return other === undefined || one.above_input_tokens > other.above_input_tokens;
}

const price = z.strictObject({ ...rates, source, tiers });

// Evidence is optional: operators know where their own prices come from.
const ownPrice = z.strictObject({
  ...rates,
  as_of: day.optional().describe('The date of the figures, as YYYY-MM-DD.'),
  source: z.string().min(1).optional().describe('The source of the figures.'),
  tiers,
});

const upstreamName = z.string().min(1).describe('The provider’s name for the model.');

const host = z.strictObject({
  provider: z.enum(HOST_PROVIDERS).describe('The provider that serves the model.'),
  model: upstreamName,
  price: price.nullable().describe('The price there; empty if unknown.'),
  retired: z
    .strictObject({
      from: day.describe('The first date on which requests for it are refused.'),
      source: source.describe('Where it is stated: a name under `sources` of this file.'),
    })
    .optional()
    .describe('When the provider withdraws it, once that is known.'),
});

const ownHost = z.strictObject({
  provider: z.string().min(1).describe('The name of a provider, including your own.'),
  model: upstreamName,
  price: ownPrice.nullable().default(null).describe('The price there; empty if unknown.'),
});

// A record instead of an object of optional keys, which would check every possible benchmark of every
// model at startup, although most models have four.
const scores = z
  .partialRecord(z.enum(Object.keys(BENCHMARKS) as [BenchmarkName, ...BenchmarkName[]]), z.number())
  .superRefine((found, context) => {
    for (const [name, score] of Object.entries(found)) {
      const { least, most } = BENCHMARKS[name as BenchmarkName];
      if (score >= least && score <= most) continue;
      const message = `must be from ${least} to ${most}, not ${score}`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

const speed = z.strictObject({
  first_token_ms: z.number().positive().describe('Milliseconds to the first token.'),
  tokens_per_s: z.number().positive().describe('Output tokens per second after that.'),
});

const fields = {
  display_name: z.string().min(1).describe('A human-readable name.'),
  aliases: z
    .array(z.string().min(1))
    .describe('Other names that clients may use, such as dated ones.'),
  released: z
    .string()
    .regex(/^\d{4}-\d{2}(-\d{2})?$/, 'must be a date or a month such as 2026-01-31 or 2026-01')
    .nullable()
    .describe('Release date: a full date or a month.'),
  context_window: tokens
    .nullable()
    .describe('Context window in tokens, input and output together.'),
  max_output_tokens: tokens.nullable().describe('Output limit in tokens.'),
  capabilities: z
    .array(z.enum(CAPABILITIES))
    .refine((list) => new Set(list).size === list.length, 'must not name a capability twice')
    .describe('What the model supports; a request that needs more is not sent to it.'),
};

const LARGEST_STRENGTH = 10;

const strength = z.strictObject({
  mean: z
    .number()
    .min(-LARGEST_STRENGTH)
    .max(LARGEST_STRENGTH)
    .describe('Log-odds of an adequate answer, relative to an average model.'),
  error: z.number().positive().max(LARGEST_STRENGTH).describe('Standard deviation of `mean`.'),
});

/** The format of a model's id: `vendor/name`, lower case. */
export const modelId = z
  .string()
  .regex(
    /^[a-z0-9-]+\/[a-z0-9][a-z0-9._:-]*$/,
    'must be a vendor and a name in lower case, such as openai/gpt-5-mini',
  );

const modelEntry = z.strictObject({
  id: modelId.describe('The name that clients use: vendor/name.'),
  ...fields,
  aliases: fields.aliases.default([]),
  benchmarks: z.record(z.string(), scores).describe('Published figures by their source.'),
  speed: speed.extend({ source }).nullable().describe('Typical speed; empty when unknown.'),
  source: source.describe('The page that states the other facts.'),
  note: z.string().optional().describe('Notes on the figures.'),
  hosts: z.array(host).min(1).describe("Where it runs; the vendor's own provider first."),
});

/** One file of `models/catalog`: the models of the vendor it is named after, and their sources. */
export const catalogFile = z
  .strictObject({
    sources: z.record(sourceName, evidence).describe('The pages that the figures were taken from.'),
    models: z.array(modelEntry).min(1).describe('The models of one vendor.'),
  })
  .superRefine(({ sources, models }, context) => {
    for (const { path, name } of models.flatMap(citations)) {
      if (Object.hasOwn(sources, name)) continue;
      const hint = nearest(name, Object.keys(sources));
      const other = hint === null ? '.' : `; did you mean "${hint}"?`;
      const message = `this file has no source "${name}"${other}`;
      context.addIssue({ code: 'custom', path, message });
    }
  });

/** Every reference from a model to a source, with its path. */
function citations(
  model: z.infer<typeof modelEntry>,
  index: number,
): { path: (string | number)[]; name: string }[] {
  const at = ['models', index];
  return [
    { path: [...at, 'source'], name: model.source },
    ...Object.keys(model.benchmarks).map((name) => ({ path: [...at, 'benchmarks', name], name })),
    ...(model.speed === null
      ? []
      : [{ path: [...at, 'speed', 'source'], name: model.speed.source }]),
    ...model.hosts.flatMap(({ price: listPrice, retired }, i) => [
      ...(listPrice === null
        ? []
        : [{ path: [...at, 'hosts', i, 'price', 'source'], name: listPrice.source }]),
      ...(retired === undefined
        ? []
        : [{ path: [...at, 'hosts', i, 'retired', 'source'], name: retired.source }]),
    ]),
  ];
}

/** The validated content of a catalog file. */
export type CatalogFile = z.infer<typeof catalogFile>;

/** A model as written in a catalog file. */
export type ModelEntry = z.infer<typeof modelEntry>;

/**
 * An operator's overrides for a model: each field set replaces the catalog's. A model that is not in the
 * catalog needs `hosts`.
 */
export const modelOverride = z.strictObject({
  display_name: fields.display_name.optional(),
  aliases: fields.aliases.optional(),
  released: fields.released.optional(),
  context_window: fields.context_window.optional(),
  max_output_tokens: fields.max_output_tokens.optional(),
  capabilities: fields.capabilities.optional(),
  parameters: z
    .number()
    .positive()
    .max(100_000)
    .optional()
    .describe(
      'Billions of parameters; for a mixture of experts, the geometric mean of all and of the active ones. Without benchmark scores and a price, quality is estimated from them. Default: those that the name states, as in `my-model-7b`.',
    ),
  strength: strength
    .optional()
    .describe('General strength, as `suffice models add --anchors` measures it.'),
  benchmarks: scores
    .optional()
    .describe('Benchmark scores; benchmarks not listed keep their value.'),
  speed: speed.nullable().optional().describe('Typical speed; empty if unknown.'),
  hosts: z
    .array(ownHost)
    .min(1)
    .optional()
    .describe('Where the model is hosted, preferred host first.'),
  prices: z
    .record(z.string(), ownPrice.nullable())
    .optional()
    .describe('Your own prices at hosts that the model already has, by provider.'),
});

/** One model's validated overrides. */
export type ModelOverride = z.infer<typeof modelOverride>;

/** Validated overrides by model id. */
export type ModelOverrides = Readonly<Record<string, ModelOverride>>;

/** A price as written in a configuration or catalog file. */
export type PriceEntry = z.infer<typeof ownPrice>;
