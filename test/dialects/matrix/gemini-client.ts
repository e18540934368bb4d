import * as z from 'zod';
import type { Seen, TOKENS, Wish } from './script.js';
import { toolSchema } from './tools.js';

/** The URL that a Gemini client calls. */
export function geminiPath(model: string, stream: boolean): string {
  const verb = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return `/v1beta/models/${model}:${verb}`;
}

/** A request in Gemini's dialect. */
export function geminiRequest(wish: Wish): unknown {
  const image = { inlineData: { mimeType: 'image/png', data: wish.image ?? '' } };
  const parts = [...(wish.image === undefined ? [] : [image]), { text: wish.text }];
  const generationConfig = {
    ...(wish.maxTokens !== undefined && { maxOutputTokens: wish.maxTokens }),
    ...(wish.schema !== undefined && {
      responseMimeType: 'application/json',
      responseJsonSchema: wish.schema,
    }),
    ...(wish.thinks === true && {
      thinkingConfig: { thinkingLevel: 'low', includeThoughts: true },
    }),
  };
  return {
    ...(wish.system !== undefined && { systemInstruction: { parts: [{ text: wish.system }] } }),
    contents: [{ role: 'user', parts }, ...earlier(wish)],
    ...(wish.tools !== undefined && {
      tools: [
        {
          functionDeclarations: wish.tools.map((name) => ({
            name,
            parametersJsonSchema: toolSchema(name),
          })),
        },
      ],
    }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
}

/** Results name their function; several of one function are matched by order. */
function earlier({ earlier: history }: Wish): unknown[] {
  if (history === undefined) return [];
  const names = partsOf(history.turn).flatMap((one) => one.functionCall?.name ?? []);
  const parts = Object.values(history.results).map((result, i) => ({
    functionResponse: { name: names[i], response: { result } },
  }));
  return [history.turn, { role: 'user', parts }];
}

const part = z.strictObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.base64().optional(),
  functionCall: z
    .strictObject({
      id: z.string().optional(),
      name: z.string(),
      args: z.record(z.string(), z.unknown()),
    })
    .optional(),
});
type Part = z.output<typeof part>;
const usage = z.object({
  promptTokenCount: z.number(),
  cachedContentTokenCount: z.number().optional(),
  candidatesTokenCount: z.number(),
  thoughtsTokenCount: z.number().optional(),
});
const response = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ role: z.literal('model'), parts: z.array(part) }),
        finishReason: z.string().optional(),
      }),
    )
    .min(1),
  usageMetadata: usage.optional(),
  modelVersion: z.string(),
  responseId: z.string(),
});
const failed = z.object({
  error: z.object({ code: z.number(), message: z.string(), status: z.string() }),
});

function partsOf(turn: Record<string, unknown>): Part[] {
  return z.array(part).parse(turn['parts']);
}

/** Reads an answer as a client of Gemini's dialect, whole or streamed. */
export function seenByGemini(status: number, text: string): Seen {
  const documents = text.startsWith('{') ? [text] : eventsIn(text);
  const parts: Part[] = [];
  let finish: string | null = null;
  let told: z.output<typeof usage> | null = null;
  let error: Seen['error'] = null;
  for (const json of documents.map((one): unknown => JSON.parse(one))) {
    const fault = failed.safeParse(json);
    if (fault.success) {
      error = { type: fault.data.error.status, message: fault.data.error.message };
      break;
    }
    const { candidates, usageMetadata } = response.parse(json);
    parts.push(...(candidates[0]?.content.parts ?? []));
    finish = candidates[0]?.finishReason ?? finish;
    told = usageMetadata ?? told;
  }
  const of = (thought: boolean) =>
    parts.flatMap((one) => ((one.thought ?? false) === thought ? (one.text ?? '') : [])).join('');
  const calls = parts.flatMap(({ functionCall: call }, i) =>
    call === undefined ? [] : [{ id: call.id ?? `${i}`, name: call.name, input: call.args }],
  );
  return {
    status,
    text: of(false),
    thought: of(true),
    refused: finish === 'SAFETY',
    calls,
    finish: finishOf(finish, calls.length > 0),
    tokens: finish === null || told === null ? null : tokensOf(told),
    error,
    turn: { role: 'model', parts },
  };
}

function eventsIn(text: string): string[] {
  const events = text.split('\r\n\r\n').filter((event) => event !== '');
  return events.map((event) => event.replace(/^data: /, ''));
}

function finishOf(reason: string | null, calls: boolean): Seen['finish'] {
  switch (reason) {
    case 'STOP':
      return calls ? 'tools' : 'stop';
    case 'MAX_TOKENS':
      return 'length';
    case 'SAFETY':
      return 'refusal';
    default:
      return null;
  }
}

function tokensOf(told: z.output<typeof usage>): typeof TOKENS {
  return {
    input: told.promptTokenCount,
    cached: told.cachedContentTokenCount ?? 0,
    output: told.candidatesTokenCount + (told.thoughtsTokenCount ?? 0),
  } as typeof TOKENS;
}
