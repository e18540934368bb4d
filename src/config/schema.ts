import * as z from 'zod';

import { modelId, modelOverride } from '../catalog/schema.js';
import { adaptation } from './adaptation.js';
import { cache, keyCache } from './cache.js';
import { providerSchema, type ProviderConfig } from './provider-schema.js';
import { bareHost, HOST_IS, isHost } from './network.js';
import { responses } from './responses.js';
import { secret, section } from './section.js';

const MIB = 1024 * 1024;
// Timers of the run-time count in 32 bits; a longer wait would fire at once.
const MAX_TIMER_MS = 2_147_483_647;

const milliseconds = z.int().min(1).max(MAX_TIMER_MS);

const globs = z.array(z.string().min(1));

/** A map of options that may be left out or have nothing in it, as when all are commented out. */
function filled<T extends z.ZodType>(options: T): z.ZodPreprocess<T> {
  return z.preprocess((value) => value ?? {}, options);
}

const server = section({
  host: z
    .string()
    .min(1)
    .overwrite(bareHost)
    .refine(isHost, `must be ${HOST_IS}`)
    .default('127.0.0.1')
    .describe(
      'The address to listen on. `0.0.0.0` is every network this machine is in: set `keys` then, or anybody there spends your money.',
    ),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(4300)
    .describe('The TCP port to listen on; 0 takes any free one.'),
  max_body_bytes: z
    .int()
    .min(1024)
    .max(512 * MIB)
    .default(20 * MIB)
    .describe(
      'Longer request bodies are refused with 413. Every request under way may hold this much memory; images count, at 4/3 of their size.',
    ),
  max_upload_bytes: z
    .int()
    .min(1024)
    .default(512 * MIB)
    .describe(
      'Longer uploads (recordings, images, files) are refused with 413. They are passed on as they come, so no memory holds them.',
    ),
  max_header_bytes: z
    .int()
    .min(1024)
    .max(MIB)
    .default(16 * 1024)
    .describe('Longer request headers are refused with 431.'),
  cors_origins: z
    .array(
      z
        .string()
        .regex(
          /^(\*|[a-z][a-z0-9+.-]*:\/\/[^\s/*]+)$/,
          'must be an origin as browsers send it, such as https://chat.example.com, or *',
        ),
    )
    .optional()
    .describe(
      'Web pages that may ask from a browser, by their origin (`https://chat.example.com`, `app://obsidian.md`); `*` is every page, `[]` is none. Default: with `keys` every page, since it needs a key; without only pages of this machine (`http://localhost:3000`), or any page that somebody here opens could spend your money. Without `keys`, requests of other pages are refused (403), and while `host` is this machine alone, so are those for a name that anybody can register (`http://llm.example.com:4300`), unless its origin stands here: such a name can be made to lead here.',
    ),
  header_timeout_ms: milliseconds
    .default(10_000)
    .describe(
      'Time for the headers of a request to arrive; then 408. Stops clients that hold connections open by sending slowly.',
    ),
  body_timeout_ms: milliseconds
    .default(60_000)
    .describe('Time for a whole request, headers and body, to arrive; then 408.'),
  write_stall_timeout_ms: milliseconds
    .default(60_000)
    .describe(
      'A client that reads nothing of its answer for this long is cut off, and with it the call to the provider, which costs money as long as it runs.',
    ),
  drain_delay_ms: z
    .int()
    .min(0)
    .max(MAX_TIMER_MS)
    .default(0)
    .describe(
      'Time after SIGTERM in which `/readyz` answers 503 and everything else is served on, so that load balancers learn of it before connections are refused. Behind Kubernetes 5000 to 10000.',
    ),
  drain_timeout_ms: milliseconds
    .default(30_000)
    .describe(
      'Time for answers under way to be completed after SIGTERM and `drain_delay_ms`. Keep both together below the grace period of what runs the process (Kubernetes: 30 s).',
    ),
});

const auto = section({
  models: globs
    .min(1)
    .default(['*'])
    .describe('Models that the router may choose from, as globs on `vendor/name`.'),
  exclude: globs
    .default([])
    .describe(
      'Models that the router never chooses, as globs; clients may still ask for them by name.',
    ),
});

const router = section({
  artefacts: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder of the trained predictor, relative to this file. Empty: the one that comes with Suffice.',
    ),
  predictor: z
    .enum(['auto', 'heuristic'])
    .default('auto')
    .describe(
      '`auto` uses the trained predictor and falls back loudly to prompt statistics when it cannot; `heuristic` uses prompt statistics only, which judges quality worse.',
    ),
  prompt_cache_ms: z
    .int()
    .min(0)
    .max(MAX_TIMER_MS)
    .default(300_000)
    .describe(
      'How long providers are taken to hold what they read of a conversation in their prompt caches. That a model reads it again at a lower rate, and another does not, counts in the expected cost of long conversations. 0: it does not count.',
    ),
  max_attempts: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe(
      'Models tried for one answer, the first included. Each further try comes only after a failure before the first byte, and may be paid for.',
    ),
});

const translation = section({
  on_loss: z
    .enum(['drop', 'refuse'])
    .default('drop')
    .describe(
      'What becomes of a part of a request that has no word in the chosen provider’s dialect: `drop` leaves it out and says so in `x-suffice-dropped` and in a metric, `refuse` answers 400 with its name.',
    ),
  keep_thoughts_ms: z
    .int()
    .min(0)
    .max(MAX_TIMER_MS)
    .default(3_600_000)
    .describe(
      'How long thoughts that led to a tool call are kept in memory for clients that have no place for them: their vendor wants them back with the result. 0 keeps none.',
    ),
});

const clientKey = section({
  name: z
    .string()
    .regex(/^\S{1,64}$/, 'must be 1 to 64 characters without spaces')
    .describe('Who uses the key; shown in logs, metrics and the decision log instead of the key.'),
  key: z
    .string()
    .meta(secret)
    .regex(/^[\x21-\x7e]+$/, 'must be plain characters without spaces')
    .describe(
      'What the client sends as `Authorization: Bearer KEY`. Make it long and random: `openssl rand -hex 24`.',
    ),
  metadata: z
    .record(z.string().min(1), z.string())
    .default({})
    .describe("Facts about the caller that rules can use as `metadata['team']`."),
  cache: keyCache
    .optional()
    .describe('Other cache settings for requests with this key; they go before those of a policy.'),
});

const timeouts = section({
  connect_ms: milliseconds
    .default(10_000)
    .describe('Time to get a connection to the provider; waiting for a free one counts.'),
  first_byte_ms: milliseconds
    .default(300_000)
    .describe(
      'Time from the request to the first byte of the answer. Reasoning models are silent for minutes; a shorter time pays for answers that nobody gets.',
    ),
  idle_ms: milliseconds.default(120_000).describe('Longest pause within an answer.'),
  total_ms: milliseconds.default(900_000).describe('Time for one whole answer.'),
});

const budget = section({
  daily_usd: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'US dollars a day (UTC) that rules can hold spending against, as `budget.used`: 0.8 when four fifths are spent. By itself it refuses nothing. Counted in memory, so a restart begins anew. Empty: no budget.',
    ),
});

const decisions = section({
  keep: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1_000)
    .describe('Latest decisions kept in memory for explanations; each takes a few KiB.'),
});

const log = section({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least severe lines that are written.'),
  requests: z
    .boolean()
    .default(true)
    .describe('One line for every request. Prompts, answers and keys are never logged.'),
});

/**
 * Every option of `suffice.yaml`: its type, its default, its bounds and its documentation.
 *
 * What one option alone cannot tell (two equal keys, an alias that leads back to itself) is
 * checked in `cross-check.ts`.
 */
export const configSchema = section({
  server: filled(server).describe('Where Suffice listens, and what it puts up with.'),
  providers: z
    .record(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9_-]*$/,
          'must start with a small letter, and go on with small letters, digits, - and _',
        ),
      filled(providerSchema),
    )
    .optional()
    .describe(
      'Places that serve models, by name. A known provider needs a key only. Without this section: every provider whose key is in the environment.',
    ),
  models: z
    .record(modelId, modelOverride)
    .default({})
    .describe(
      'Your own facts about models, by `vendor/name`: each replaces the one in the catalog, and a new name adds a model.',
    ),
  aliases: z
    .record(
      z.string().regex(/^\S+$/, 'must not be empty and must have no spaces'),
      z.string().min(1),
    )
    .default({})
    .describe(
      'Names of your own for models, policies or other aliases. An alias hides a model of the same name.',
    ),
  auto: filled(auto).describe('What the router may choose from.'),
  rules: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'The file with your policies and rules, relative to this file. Empty: the rules that come with Suffice.',
    ),
  router: filled(router).describe('How the router works.'),
  translation: filled(translation).describe(
    'How requests are put into the words of providers that speak another dialect than the client.',
  ),
  responses: filled(responses).describe(
    'Responses that clients of OpenAI’s responses go on from by `previous_response_id`.',
  ),
  keys: z
    .array(clientKey)
    .default([])
    .describe('API keys of your clients. Empty: everybody who reaches the port is admitted.'),
  budget: filled(budget).describe('How much may be spent.'),
  timeouts: filled(timeouts).describe('How long providers may take.'),
  log: filled(log).describe('What is written to standard error.'),
  decisions: filled(decisions).describe('The decision log.'),
  cache: filled(cache).describe('Which answers are kept, and given again without asking a model.'),
  adaptation: filled(adaptation).describe('How the router learns from your own traffic.'),
});

/** What the file says, with defaults; paths as written, and providers only if it has any. */
export type ParsedConfig = z.output<typeof configSchema>;

/** Everything an operator decides. Paths are absolute, and `null` means what comes with Suffice. */
export type Config = ParsedConfig & {
  /** By name; those that are not enabled are included. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
};
