import * as z from 'zod';
import { sends, type Behaviour } from '../../support/fake-upstream.js';
import { TOKENS, type Script, type Understood } from './script.js';

const part = z.union([
  z.strictObject({ text: z.string().min(1), thought: z.literal(true).optional() }),
  z.strictObject({
    inlineData: z.strictObject({ mimeType: z.literal('image/png'), data: z.base64() }),
  }),
  z.strictObject({
    functionCall: z.strictObject({ name: z.string(), args: z.record(z.string(), z.unknown()) }),
    thoughtSignature: z.base64().optional(),
  }),
  z.strictObject({
    functionResponse: z.strictObject({
      name: z.string().min(1),
      response: z.record(z.string(), z.unknown()),
    }),
  }),
]);
type Part = z.output<typeof part>;
const content = z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) });
const request = z.strictObject({
  contents: z.array(content).min(1),
  systemInstruction: z.strictObject({ parts: z.array(part).min(1) }).optional(),
  tools: z
    .array(
      z.strictObject({
        functionDeclarations: z.array(
          z.strictObject({
            name: z.string().regex(/^[a-zA-Z_][\w.:-]{0,127}$/),
            description: z.string().optional(),
            parametersJsonSchema: z.looseObject({}).optional(),
          }),
        ),
      }),
    )
    .optional(),
  generationConfig: z
    .strictObject({
      maxOutputTokens: z.int().min(1).optional(),
      responseMimeType: z.literal('application/json').optional(),
      responseJsonSchema: z.looseObject({}).optional(),
      thinkingConfig: z
        .strictObject({ thinkingLevel: z.enum(['low', 'high']), includeThoughts: z.literal(true) })
        .optional(),
    })
    .optional(),
});

type Request = z.output<typeof request>;

/** Answers as Gemini would, and rejects what Gemini would reject. */
export function geminiProvider(script: Script): Behaviour {
  return (exchange) => {
    const { headers, json, path } = exchange.request;
    const read = request.safeParse(json);
    const fault = read.success ? faultOf(read.data, script) : z.prettifyError(read.error);
    const call = /^\/v1\/models\/gemini-3:(\w+)(\?alt=sse)?$/.exec(path)?.[1];
    if (headers['x-goog-api-key'] !== 'sk-google') refuses(400, 'API key not valid')(exchange);
    else if (call === undefined) refuses(404, path)(exchange);
    else if (fault !== null) refuses(400, fault)(exchange);
    else if (script.failure === 'before') refuses(503, 'The model is overloaded.')(exchange);
    else if (call === 'streamGenerateContent') streamed(script)(exchange);
    else sends(200, JSON.stringify(response(partsOf(script), script)))(exchange);
  };
}

function refuses(code: number, message: string): Behaviour {
  return sends(code, JSON.stringify({ error: { code, message, status: 'SOME_STATUS' } }));
}

/** Checks for as many results as calls, in order, and the signature of the reasoning before the calls. */
function faultOf({ contents }: Request, script: Script): string | null {
  for (const [i, { parts }] of contents.entries()) {
    const results = parts.flatMap((one) =>
      'functionResponse' in one ? one.functionResponse.name : [],
    );
    const before = contents[i - 1]?.parts ?? [];
    const calls = before.filter((one) => 'functionCall' in one);
    const called = calls.map((one) => one.functionCall.name);
    if (called.join() !== results.join()) return `responses ${results.join()} for ${called.join()}`;
    const [first] = calls;
    if (first === undefined) continue;
    const proof = script.thought?.signature ?? first.thoughtSignature;
    if (proof === undefined || first.thoughtSignature !== proof)
      return 'missing a thought_signature';
  }
  return null;
}

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', refusal: 'SAFETY' };

function partsOf({ thought, text, refusal, calls = [] }: Script): object[] {
  const said = text ?? refusal;
  return [
    ...(thought === undefined ? [] : [{ text: thought.text, thought: true }]),
    ...(said === undefined ? [] : halves(said).map((half) => ({ text: half }))),
    ...calls.map(({ name, input }, i) => ({
      functionCall: { name, args: input },
      ...(i === 0 && { thoughtSignature: thought?.signature ?? 'cHJvb2Y=' }),
    })),
  ];
}

function response(parts: readonly object[], script: Script | null): object {
  return {
    candidates: [
      {
        content: { role: 'model', parts },
        ...(script !== null && { finishReason: FINISH[script.finish] }),
      },
    ],
    usageMetadata: {
      promptTokenCount: TOKENS.input,
      cachedContentTokenCount: TOKENS.cached,
      candidatesTokenCount: TOKENS.output - 3,
      thoughtsTokenCount: 3,
    },
    modelVersion: 'gemini-3-2026',
    responseId: 'r1',
  };
}

function streamed(script: Script): Behaviour {
  const event = (data: object) => `data: ${JSON.stringify(data)}\r\n\r\n`;
  const parts = partsOf(script);
  return ({ response: reply }) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of parts.slice(0, -1)) reply.write(event(response([one], null)));
    if (script.failure === 'silence') return;
    if (script.failure === 'middle') {
      reply.end(
        event({ error: { code: 503, message: 'stream interrupted', status: 'UNAVAILABLE' } }),
      );
      return;
    }
    reply.end(event(response(parts.slice(-1), script)));
  };
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

/** What Gemini understands of a request. */
export function understoodByGemini(json: unknown): Understood {
  const { contents, systemInstruction, tools = [], generationConfig = {} } = request.parse(json);
  const all = contents.flatMap(({ parts }) => parts);
  const textsOf = (parts: readonly Part[]) =>
    parts.flatMap((one) => ('text' in one && one.thought !== true ? one.text : []));
  return {
    system: textsOf(systemInstruction?.parts ?? []).join('\n'),
    said: textsOf(all),
    images: all.flatMap((one) => ('inlineData' in one ? one.inlineData.data : [])),
    tools: tools.flatMap((one) => one.functionDeclarations.map(({ name }) => name)),
    results: all.flatMap((one) =>
      'functionResponse' in one ? String(one.functionResponse.response['result']) : [],
    ),
    schema: generationConfig.responseJsonSchema ?? null,
    maxTokens: generationConfig.maxOutputTokens ?? null,
    thinks: generationConfig.thinkingConfig !== undefined,
    signatures: all.flatMap((one) =>
      'functionCall' in one && one.thoughtSignature !== undefined ? one.thoughtSignature : [],
    ),
  };
}
