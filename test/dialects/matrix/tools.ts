import * as z from 'zod';

/** The client's name for the answer's schema, if its dialect has one. */
export const SCHEMA_NAME = 'verdict';

/** The arguments of the tools that the scenarios offer. */
export function toolSchema(name: string): Record<string, unknown> {
  if (name === 'now') return { type: 'object', properties: {} };
  return { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
}

/** A tool in OpenAI's format, without `strict`. */
export const offeredTool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.looseObject({ type: z.literal('object') }),
  }),
});
