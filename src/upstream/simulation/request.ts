import * as z from 'zod';

const content = z.union([
  z.string(),
  z.null(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
]);

const count = z.int().min(1).nullish();

const tool = z.looseObject({
  function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }),
});

/** The members of a chat completion request on which a simulated answer depends; all others are ignored. */
export const simulatedRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: content.optional() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  n: count,
  tools: z.array(z.looseObject({ function: tool.shape.function.optional() })).nullish(),
  tool_choice: z
    .union([
      z.string(),
      z.looseObject({ function: z.looseObject({ name: z.string() }).optional() }),
    ])
    .nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.unknown().optional() }).nullish(),
    })
    .nullish(),
});

export type SimulatedRequest = z.infer<typeof simulatedRequest>;
export type SimulatedTool = z.infer<typeof tool>['function'];

/** The text of a message; parts other than text are skipped. */
export function textOf(message: SimulatedRequest['messages'][number]): string {
  const { content: messageContent } = message;
  if (typeof messageContent === 'string') return messageContent;
  return (messageContent ?? []).map((part) => part.text ?? '').join(' ');
}
