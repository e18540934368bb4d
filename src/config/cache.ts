import * as z from 'zod';
import { redis } from './redis.js';
import { section } from './section.js';

const MIB = 1024 * 1024;
const DAY_S = 86_400;
/** A year. */
const MOST_TTL_S = 366 * DAY_S;

const label = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,128}$/, 'must be 1 to 128 characters without spaces and commas');

const mode = z.enum(['off', 'opt_in', 'exact', 'semantic']);
const ttl = z.int().min(1).max(MOST_TTL_S);
const scope = z.enum(['key', 'shared']);
const maxError = z.number().min(0).max(0.5);

const OVERRIDES = {
  mode: mode.optional().describe('As `cache.mode`.'),
  ttl_s: ttl.optional().describe('As `cache.ttl_s`.'),
  scope: scope.optional().describe('As `cache.scope`.'),
  namespace: label.optional().describe('As `cache.namespace`.'),
  tags: z.array(label).optional().describe('Put on answers besides `cache.tags`.'),
  sampled: z.boolean().optional().describe('As `cache.sampled`.'),
  max_error: maxError.optional().describe('As `cache.semantic.max_error`.'),
};

/** What requests with a key do otherwise than the rest. */
export const keyCache = section({
  ...OVERRIDES,
  purges: z
    .enum(['own', 'all'])
    .optional()
    .describe(
      'Which kept answers the key may purge: those given to it alone (`own`, the default), or those of every key.',
    ),
});

const recheck = section({
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe(
      'Of the answers given to a question in other words, the share that is asked of a model again in the background, to find out how often they are wrong. Of a kind of question that little is known of, more are.',
    ),
  usd_per_day: z
    .number()
    .min(0)
    .default(1)
    .describe(
      'US dollars that may be spent on it a day (UTC); 0: nothing is asked again. What an answer had cost is set aside before it is asked for again; one of unknown cost is not, so models of your own need a price, be it 0.',
    ),
});

const semantic = section({
  max_error: maxError
    .default(0.01)
    .describe(
      'Share of the answers given to a question in other words that may be wrong; what cannot be kept within it is not given.',
    ),
  budget_ms: z
    .number()
    .min(0)
    .max(1_000)
    .default(5)
    .describe('Milliseconds after which no further question is compared, and a model is asked.'),
  recheck: recheck.prefault({}).describe('How it is learnt what is wrong.'),
});

/** Which answers are kept and given again. */
export const cache = section({
  mode: mode
    .default('off')
    .describe(
      '`exact` answers a request that has been asked before from memory; `semantic` also one that asks the same in other words; `opt_in` does so only for requests that ask for it (`x-suffice-cache: exact` or `semantic`); `off` asks a model every time.',
    ),
  ttl_s: ttl.default(3_600).describe('Seconds an answer is kept.'),
  max_ttl_s: ttl
    .default(DAY_S)
    .describe('The most seconds a request may ask for by `x-suffice-cache-ttl`.'),
  max_bytes: z
    .int()
    .min(MIB)
    .max(1024 * MIB)
    .default(128 * MIB)
    .describe('Memory for kept answers. When it is full, those asked for least have to go.'),
  max_entry_bytes: z
    .int()
    .min(1024)
    .max(64 * MIB)
    .default(MIB)
    .describe(
      'A longer answer is not kept. Every answer under way may hold this much memory while it is recorded.',
    ),
  scope: scope
    .default('key')
    .describe(
      '`key`: nobody gets an answer that was given to another key. `shared`: everybody does, on purpose; an answer may repeat what stood in the question.',
    ),
  namespace: label
    .default('default')
    .describe('Answers are found in the same namespace only; requests may name another one.'),
  tags: z.array(label).default([]).describe('Put on every answer, to purge it by.'),
  sampled: z
    .boolean()
    .default(false)
    .describe(
      'Whether requests with a `temperature` above 0 and no `seed` are answered from the cache without asking for it: their clients may count on different answers.',
    ),
  keep: z
    .array(z.enum(['tool_calls', 'truncated', 'filtered']))
    .default([])
    .describe(
      'Answers to keep besides complete ones. Errors, partial and empty answers never are.',
    ),
  replay: z
    .enum(['full', 'natural'])
    .default('full')
    .describe('How fast a kept stream is given: at once, or at the pace it once came.'),
  folder: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder in which answers outlast a restart, relative to this file. Answers stand there as they were given, and with `semantic` what was asked last. Empty: memory only.',
    ),
  save_every_s: z
    .int()
    .min(1)
    .max(DAY_S)
    .default(30)
    .describe('Seconds between two savings; at most so much is lost when the process is killed.'),
  redis: redis
    .nullable()
    .default(null)
    .describe(
      'Where processes share what they keep, and purge. Each still finds answers by itself; without Redis each goes on alone.',
    ),
  semantic: semantic
    .prefault({})
    .describe('Answers to questions that ask the same in other words.'),
  policies: z
    .record(z.string().min(1), section(OVERRIDES))
    .default({})
    .describe('Other settings for requests to a policy, by its name.'),
});
