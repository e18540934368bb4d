import * as z from 'zod';
import { REASONS } from '../../core/decision.js';

const labels = z.record(z.string(), z.string());

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']).default('user'),
  content: z.string().describe('The text of the message.'),
  images: z.number().int().min(0).default(0).describe('Images attached to the message.'),
});

const request = z
  .strictObject({
    prompt: z.string().min(1).optional().describe('One user message; or write `messages`.'),
    messages: z.array(message).min(1).optional().describe('The whole conversation.'),
    images: z.number().int().min(0).default(0).describe('Images attached to the last message.'),
    tools: z.array(z.string().min(1)).default([]).describe('Names of the tools offered.'),
    tool_required: z.boolean().default(false).describe('The client requires a tool call.'),
    format: z.enum(['text', 'json_object', 'json_schema']).default('text'),
    stream: z.boolean().default(false),
    max_tokens: z.number().int().positive().optional(),
    choices: z.number().int().positive().default(1),
    reasoning_effort: z.string().optional(),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    message: 'must have either "prompt" or "messages"',
  });

const globs = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const expectation = z
  .strictObject({
    model: globs.optional().describe('The model that answers, as a pattern or a list of them.'),
    not: globs.optional().describe('Models that must not answer, as a pattern or a list of them.'),
    rule: z
      .string()
      .nullable()
      .optional()
      .describe('The rule that decided; `null` for a decision that no rule made.'),
    reason: z.enum(REASONS).optional().describe('Why the model was chosen.'),
    matched: z.array(z.string()).optional().describe('Rules that match; others may match as well.'),
    unmatched: z.array(z.string()).optional().describe('Rules that do not match.'),
    refused: z.literal(true).optional().describe('No model is left, and the request is refused.'),
  })
  .refine((expected) => Object.keys(expected).length > 0, 'must expect something');

const ruleTest = z.strictObject({
  name: z.string().min(1).describe('A sentence about what the rules do.'),
  policy: z.string().min(1).default('auto').describe('What the client sends as `model`.'),
  input: z
    .union([
      z
        .string()
        .min(1)
        .transform((prompt) => request.parse({ prompt })),
      request,
    ])
    .describe('The request: a prompt, or a map of its parts.'),
  key: z
    .strictObject({ name: z.string().default('test'), metadata: labels.default({}) })
    .prefault({})
    .describe('The API key of the request.'),
  metadata: labels.default({}).describe('The client’s own labels.'),
  time: z.iso
    .datetime({ offset: true, error: 'must be a timestamp such as 2026-11-20T09:30:00Z' })
    .default('2026-01-07T12:00:00Z')
    .describe('When the request arrives. Default: a Wednesday at noon, UTC.'),
  budget: z
    .strictObject({
      limit_usd: z.number().min(0).nullable().default(null),
      spent_usd: z.number().min(0).default(0),
    })
    .prefault({})
    .describe('The daily budget, and what has been spent of it.'),
  models: z.array(z.string().min(1)).min(1).optional().describe('Replaces the file’s `models`.'),
  expect: expectation,
});

/** The format of a file of rule tests. */
export const ruleTestsSchema = z.strictObject({
  version: z.literal(1),
  models: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'The models to choose from, instead of the configured ones. Default: the configured ones.',
    ),
  tests: z.array(ruleTest).min(1),
});

/** A test as written, with defaults. */
export type WrittenTest = z.infer<typeof ruleTest>;
