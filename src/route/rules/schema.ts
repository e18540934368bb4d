import * as z from 'zod';
import { CAPABILITIES } from '../../core/model.js';

const glob = z.string().min(1);
const modelName = z.string().min(1);

const SHARE = 'must be a share between 0 and 1, such as 0.97 for 97 %';
const keep = z.number().min(0, SHARE).max(1, SHARE);

const positive = z.number().positive();

const limit = z
  .strictObject({
    cost_usd: positive
      .optional()
      .describe('Expected US dollars for the request; more expensive models are dropped.'),
    latency_ms: positive
      .optional()
      .describe('Expected milliseconds until the answer is complete; slower models are dropped.'),
    context_tokens: positive
      .int()
      .optional()
      .describe('Input tokens a request may have; a longer one is refused.'),
  })
  .describe('Upper limits. If several apply, the smallest is used.');

const CONSTRAINTS = {
  only: z
    .array(glob)
    .min(1, 'must not be empty, as that would leave no model')
    .optional()
    .describe('Models that may answer, as patterns in which * stands for anything.'),
  never: z.array(glob).min(1).optional().describe('Models that must not answer, as patterns.'),
  require: z
    .array(z.enum(CAPABILITIES))
    .min(1)
    .optional()
    .describe('Capabilities a model must have.'),
  limit: limit.optional(),
};

const SETTINGS = {
  keep: keep
    .optional()
    .describe(
      'Share of the reference model’s expected success that answers must keep on average, 0 to 1.',
    ),
  keep_each: keep
    .optional()
    .describe(
      'Share of the reference model’s expected success that every single answer must keep, 0 to 1.',
    ),
  prefer: z
    .array(glob)
    .min(1)
    .optional()
    .describe('Models to prefer among those that suffice, as patterns, most preferred first.'),
  pin: modelName.optional().describe('The model to use, as long as the constraints allow it.'),
  fallbacks: z
    .array(modelName)
    .optional()
    .describe('Models to try, in this order, when the chosen one fails before its first byte.'),
};

const policy = z.strictObject({
  ...SETTINGS,
  ...CONSTRAINTS,
  reference: modelName
    .default('best')
    .describe(
      'What `keep` is measured against: `best` of the models that may answer, or a model’s name.',
    ),
  objective: z
    .enum(['cost', 'latency', 'quality'])
    .default('cost')
    .describe('What to optimise among the models that keep the promise.'),
});

const NAME_FORM = 'must consist of at most 63 lower-case letters, digits, "-" and "_"';

const rule = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, NAME_FORM)
    .describe('Unique in the file; shown in every answer that the rule decided.'),
  policies: z
    .array(glob)
    .min(1)
    .optional()
    .describe('Policies that the rule applies to, as patterns. Default: all.'),
  when: z
    .string()
    .min(1, 'must not be empty; leave it out for a rule that always matches')
    .optional()
    .describe('The condition, in CEL. Default: always.'),
  ...CONSTRAINTS,
  ...SETTINGS,
  stop: z
    .boolean()
    .default(false)
    .describe('Whether to skip all later rules when this one matches.'),
});

/** The format of a rules file, with the documentation of every option. */
export const rulesSchema = z.strictObject({
  version: z.literal(1).describe('The version of this format.'),
  policies: z
    .record(z.string().min(1), policy)
    .refine((policies) => Object.keys(policies).length > 0, 'must have at least one policy')
    .describe('The names that clients send as `model`, and what each of them promises.'),
  rules: z
    .array(rule)
    .default([])
    .describe('Read from top to bottom; every rule that matches applies.'),
});

/** A policy as written, with defaults. */
export type Policy = z.infer<typeof policy>;

/** A rule as written, with defaults. */
export type Rule = z.infer<typeof rule>;

/** A rules file as written, with defaults. */
export type RulesFile = z.infer<typeof rulesSchema>;
