import * as z from 'zod';
import { redis } from './redis.js';
import { section } from './section.js';

const MIB = 1024 * 1024;
const DAY_S = 86_400;
/** One year. */
const MAX_TTL_S = 366 * DAY_S;

const label = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,128}$/, 'must be 1 to 128 characters without spaces and commas');

const mode = z.enum(['off', 'opt_in', 'exact', 'semantic']);
const ttl = z.int().min(1).max(MAX_TTL_S);
const scope = z.enum(['key', 'shared']);
const maxError = z.number().min(0).max(0.5);

const OVERRIDES = {
  mode: mode.optional().describe('As `cache.mode`.'),
  ttl_s: ttl.optional().describe('As `cache.ttl_s`.'),
  scope: scope.optional().describe('As `cache.scope`.'),
  namespace: label.optional().describe('As `cache.namespace`.'),
  tags: z.array(label).optional().describe('Tags to put on answers in addition to `cache.tags`.'),
  sampled: z.boolean().optional().describe('As `cache.sampled`.'),
  max_error: maxError.optional().describe('As `cache.semantic.max_error`.'),
};

/** `keys[].cache`: cache settings for requests with a key. */
export const keyCache = section({
  ...OVERRIDES,
  purges: z
    .enum(['own', 'all'])
    .optional()
    .describe(
      'Which answers the key may purge: only those given to it (`own`, the default), or those of every key (`all`).',
    ),
});

const recheck = section({
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe(
      'The share of cached answers to rephrased questions that is checked with a model in the background, to measure how often they are wrong. For kinds of questions with few checks so far, the share is higher.',
    ),
  usd_per_day: z
    .number()
    .min(0)
    .default(1)
    .describe(
      'The most US dollars to spend on rechecks per day (UTC); 0: no rechecks. The original cost of an answer is reserved before its recheck. Answers of unknown cost are not rechecked, so give your own models a price, even if it is 0.',
    ),
});

const semantic = section({
  max_error: maxError
    .default(0.01)
    .describe(
      'The share of cached answers to rephrased questions that may be wrong. An answer that would exceed it is not used.',
    ),
  budget_ms: z
    .number()
    .min(0)
    .max(1_000)
    .default(5)
    .describe('Milliseconds after which no further question is compared and a model is called.'),
  recheck: recheck.prefault({}).describe('How wrong answers are found.'),
});

/** `cache`: which answers are cached and reused. */
export const cache = section({
  mode: mode
    .default('off')
    .describe(
      '`exact` answers repeated requests from the cache; `semantic` also answers rephrased ones; `opt_in` does so only for requests that ask for it (`x-suffice-cache: exact` or `semantic`); `off` calls a model every time.',
    ),
  ttl_s: ttl.default(3_600).describe('Lifetime of an answer in seconds.'),
  max_ttl_s: ttl
    .default(DAY_S)
    .describe('The longest lifetime in seconds that a request may set with `x-suffice-cache-ttl`.'),
  max_bytes: z
    .int()
    .min(MIB)
    .max(1024 * MIB)
    .default(128 * MIB)
    .describe('Memory for cached answers. When it is full, the least requested ones are evicted.'),
  max_entry_bytes: z
    .int()
    .min(1024)
    .max(64 * MIB)
    .default(MIB)
    .describe(
      'Larger answers are not cached. Each answer in flight may use this much memory while it is recorded.',
    ),
  scope: scope
    .default('key')
    .describe(
      '`key`: no key gets an answer that was given to another key. `shared`: all keys share answers; note that an answer may repeat what was in the question.',
    ),
  namespace: label
    .default('default')
    .describe('Answers are found only within their namespace; a request may name another one.'),
  tags: z
    .array(label)
    .default([])
    .describe('Tags to put on every answer, so that it can be purged by tag.'),
  sampled: z
    .boolean()
    .default(false)
    .describe(
      'Whether requests with a `temperature` above 0 and no `seed` are answered from the cache even if they do not ask for it: their clients may expect varying answers.',
    ),
  keep: z
    .array(z.enum(['tool_calls', 'truncated', 'filtered']))
    .default([])
    .describe(
      'Which answers to cache in addition to complete ones. Errors and broken or empty answers are never cached.',
    ),
  replay: z
    .enum(['full', 'natural'])
    .default('full')
    .describe(
      'How fast a cached stream is replayed: at once (`full`), or at its original pace (`natural`).',
    ),
  folder: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder in which answers survive a restart, relative to this file. It contains the answers in plain text and, with `semantic`, the last question of each. Empty: memory only.',
    ),
  save_every_s: z
    .int()
    .min(1)
    .max(DAY_S)
    .default(30)
    .describe('Seconds between saves; a process that is killed loses at most this much.'),
  redis: redis
    .nullable()
    .default(null)
    .describe(
      'A Redis through which gateways share cached answers and purges. Each gateway still looks answers up locally; while Redis is unavailable, each works alone.',
    ),
  semantic: semantic.prefault({}).describe('Cached answers to rephrased questions.'),
  policies: z
    .record(z.string().min(1), section(OVERRIDES))
    .default({})
    .describe('Settings for requests to a policy, by its name.'),
});
