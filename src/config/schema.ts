import * as z from 'zod';

import { modelId, modelOverride } from '../catalog/schema.js';
import { adaptation } from './adaptation.js';
import { cache, keyCache } from './cache.js';
import { providerSchema, type ProviderConfig } from './provider-schema.js';
import { responses } from './responses.js';
import { secret, section } from './section.js';
import { server } from './server.js';
import { MAX_TIMER_MS, durationMs } from './timer.js';

const globs = z.array(z.string().min(1));

/** A map of options that may be missing or empty, as when all options are commented out. */
function orEmpty<T extends z.ZodType>(options: T): z.ZodPreprocess<T> {
  return z.preprocess((value) => value ?? {}, options);
}

const auto = section({
  models: globs
    .min(1)
    .default(['*'])
    .describe('Models that the router may choose, as globs on `vendor/name`.'),
  exclude: globs
    .default([])
    .describe(
      'Models that the router must not choose, as globs; clients may still request them by name.',
    ),
});

const router = section({
  artefacts: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder with the trained predictor, relative to this file. Empty: the one that ships with Suffice.',
    ),
  embedder: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'The transformer that `artefacts` were trained for (`npm run train -- --embedder`): the name of a model on the hub (`Xenova/bge-small-en-v1.5`), downloaded when it is first used, or a folder (`./model`), relative to this file. Needs the package `@xenova/transformers`. Every routed request then waits for the model; see [encoders](encoders.md). Empty: the table that ships with Suffice, which takes microseconds.',
    ),
  embedder_ms: durationMs
    .default(50)
    .describe(
      'How long a request waits for the transformer of `embedder`. After that the predictor that ships with Suffice decides, and the decision is marked as degraded (`encoder_late`).',
    ),
  predictor: z
    .enum(['auto', 'heuristic'])
    .default('auto')
    .describe(
      '`auto` uses the trained predictor; if it cannot be loaded, a heuristic on prompt statistics decides, and the log, the replies and `/readyz` say so. `heuristic` always uses prompt statistics, which predict quality less well.',
    ),
  prompt_cache_ms: z
    .int()
    .min(0)
    .max(MAX_TIMER_MS)
    .default(300_000)
    .describe(
      'How long providers are assumed to keep a conversation in their prompt caches. The expected cost of a long conversation takes into account that one model can read it at the lower cached rate and another cannot. 0: prompt caches are ignored.',
    ),
  max_attempts: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe(
      'Places to try for one answer, including the first: the chosen model at each of its places that speaks the same dialect, then the next models. The next one is tried only after a failure before the first byte; the failed attempt may still cost money. Where a client lists models (`models`), each of them may be tried at this many places.',
    ),
});

const translation = section({
  on_loss: z
    .enum(['drop', 'refuse'])
    .default('drop')
    .describe(
      'What to do with a part of a request that the chosen provider’s dialect cannot express: `drop` omits it and reports it in `x-suffice-dropped` and a metric; `refuse` answers 400 and names it.',
    ),
  keep_thoughts_ms: z
    .int()
    .min(0)
    .max(MAX_TIMER_MS)
    .default(3_600_000)
    .describe(
      'How long the reasoning that led to a tool call is kept in memory for clients whose dialect cannot carry it: its vendor requires it with the tool result. 0 stores none.',
    ),
});

const clientKey = section({
  name: z
    .string()
    .regex(/^\S{1,64}$/, 'must be 1 to 64 characters without spaces')
    .describe('A name for the client, for logs and rules (`key.name`).'),
  key: z
    .string()
    .meta(secret)
    .regex(/^[\x21-\x7e]+$/, 'must be plain characters without spaces')
    .describe(
      'The key that the client sends as `Authorization: Bearer KEY`. Make it long and random: `openssl rand -hex 24`.',
    ),
  metadata: z
    .record(z.string().min(1), z.string())
    .default({})
    .describe('Labels that rules can read as `key.metadata`, for example `key.metadata.team`.'),
  cache: keyCache
    .optional()
    .describe('Cache settings for requests with this key; they override those of a policy.'),
  decisions: z
    .enum(['own', 'all'])
    .optional()
    .describe(
      'Which decisions the key may read with `GET /v1/decisions/ID`: only those on its own requests (`own`, the default), or those of every key (`all`).',
    ),
});

const timeouts = section({
  connect_ms: durationMs
    .default(10_000)
    .describe(
      'Time limit for getting a connection to the provider, including the wait for a free one.',
    ),
  first_byte_ms: durationMs
    .default(300_000)
    .describe(
      'Time limit from the request to the first byte of the answer. Reasoning models can be silent for minutes; with a limit that is too short you pay for answers that nobody receives.',
    ),
  idle_ms: durationMs.default(120_000).describe('Longest allowed pause within an answer.'),
  total_ms: durationMs.default(900_000).describe('Time limit for one whole answer.'),
});

const budget = section({
  daily_usd: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'The budget for a day (UTC) in US dollars. Rules can compare spending with it as `budget.used`, which is 0.8 when four fifths are spent. The budget alone refuses no request. Spending is counted in memory, so a restart resets it. Empty: no budget.',
    ),
});

const decisions = section({
  keep: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1_000)
    .describe(
      'How many of the latest decisions are kept in memory for `GET /v1/decisions/ID` and feedback; each takes a few KiB.',
    ),
});

const log = section({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The lowest severity to log.'),
  requests: z
    .boolean()
    .default(true)
    .describe('Whether to log one line per request. Prompts, answers and keys are never logged.'),
});

/**
 * Every option of `suffice.yaml`: its type, default, bounds and documentation.
 *
 * What involves several options (duplicate keys, cycles of aliases) is checked in `cross-check.ts`.
 */
export const configSchema = section({
  server: orEmpty(server).describe('Where Suffice listens, and its limits.'),
  providers: z
    .record(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9_-]*$/,
          'must start with a lower-case letter, followed by lower-case letters, digits, - and _',
        ),
      orEmpty(providerSchema),
    )
    .optional()
    .describe(
      'The services that run models, by name. A known provider needs only a key. Without this section, Suffice uses every provider whose key is in the environment.',
    ),
  models: z
    .record(modelId, modelOverride)
    .default({})
    .describe(
      'Your own facts about models, by `vendor/name`. Each value replaces the one in the catalog; a new name adds a model.',
    ),
  aliases: z
    .record(
      z.string().regex(/^\S+$/, 'must not be empty and must have no spaces'),
      z.string().min(1),
    )
    .default({})
    .describe(
      'Your own names for models, policies or other aliases. An alias hides a model of the same name.',
    ),
  auto: orEmpty(auto).describe('Which models the router may choose.'),
  rules: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'The file with your policies and rules, relative to this file. Empty: the rules that ship with Suffice.',
    ),
  router: orEmpty(router).describe('How the router works.'),
  translation: orEmpty(translation).describe(
    'How requests are translated for providers that speak a different dialect than the client.',
  ),
  responses: orEmpty(responses).describe(
    'Stored responses that clients of OpenAI’s Responses API continue by `previous_response_id`.',
  ),
  keys: z
    .array(clientKey)
    .default([])
    .describe('API keys of your clients. Empty: anyone who can reach the port is admitted.'),
  budget: orEmpty(budget).describe('A daily budget for rules.'),
  timeouts: orEmpty(timeouts).describe('Time limits for providers.'),
  log: orEmpty(log).describe('What is written to standard error.'),
  decisions: orEmpty(decisions).describe('The decision log.'),
  cache: orEmpty(cache).describe(
    'The cache: which answers are kept and reused without calling a model.',
  ),
  adaptation: orEmpty(adaptation).describe('How the router learns from your own traffic.'),
});

/** The file's content with defaults: paths as written, and `providers` only if the file has any. */
export type ParsedConfig = z.output<typeof configSchema>;

/** The complete configuration. Paths are absolute, and `null` selects what ships with Suffice. */
export type Config = ParsedConfig & {
  /** By name; those that are not enabled are included. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
};
