import * as z from 'zod';

const tool = z.looseObject({});

/**
 * Tools as written in sets of graded prompts, converted to the form of a chat completions request. A single tool may be
 * given without a list, and a function definition without its `{"type": "function"}` wrapper.
 */
export const offeredTools = z
  .union([z.array(tool), tool.transform((one) => [one])], 'expected a tool or a list of tools')
  .transform((tools) => tools.map(wrapped));

function wrapped(definition: z.infer<typeof tool>): unknown {
  const isWrapped = 'function' in definition || typeof definition['type'] === 'string';
  return isWrapped ? definition : { type: 'function', function: definition };
}
