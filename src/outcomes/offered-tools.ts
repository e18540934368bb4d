import * as z from 'zod';

const tool = z.looseObject({});

/**
 * Tools as collections of graded prompts write them, in the form in which a chat completions request has them: a single one may stand
 * without its list, and a definition without its wrapper.
 */
export const offeredTools = z
  .union([z.array(tool), tool.transform((one) => [one])], 'expected a tool or a list of tools')
  .transform((tools) => tools.map(wrapped));

function wrapped(definition: z.infer<typeof tool>): unknown {
  const isWrapped = 'function' in definition || typeof definition['type'] === 'string';
  return isWrapped ? definition : { type: 'function', function: definition };
}
