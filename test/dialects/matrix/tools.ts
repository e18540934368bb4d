import * as z from 'zod';

/** What the client calls the form of its answer, where its dialect has a name for it. */
export const SCHEMA_NAME = 'verdict';

/** The arguments of the tools that the scenarios offer. */
export function toolSchema(name: string): Record<string, unknown> {
  if (name === 'now') return { type: 'object', properties: {} };
  return { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
}

/** A tool as those who share OpenAI's form for it are offered it, without its strictness. */
export const offeredTool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.looseObject({ type: z.literal('object') }),
  }),
});
