import * as z from 'zod';
import { sends, type Behaviour } from '../../support/fake-upstream.js';
import { frame } from '../bedrock/frames.js';
import { TOKENS, type Script, type Understood } from './script.js';

const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const text = z.strictObject({ text: z.string().regex(/\S/) });
const image = z.strictObject({
  image: z.strictObject({
    format: z.enum(['png', 'jpeg', 'gif', 'webp']),
    source: z.strictObject({ bytes: z.base64() }),
  }),
});
const block = z.union([
  text,
  image,
  z.strictObject({
    toolUse: z.strictObject({
      toolUseId: name,
      name,
      input: z.record(z.string(), z.unknown()),
    }),
  }),
  z.strictObject({
    toolResult: z.strictObject({
      toolUseId: name,
      content: z.array(z.union([text, image])),
      status: z.enum(['success', 'error']).optional(),
    }),
  }),
  z.strictObject({
    reasoningContent: z.strictObject({
      reasoningText: z.strictObject({ text: z.string(), signature: z.string() }),
    }),
  }),
]);
type Block = z.output<typeof block>;
const message = z.strictObject({
  role: z.enum(['user', 'assistant']),
  content: z.array(block).min(1),
});
const request = z.strictObject({
  messages: z.array(message).min(1),
  system: z.array(text).min(1).optional(),
  inferenceConfig: z.strictObject({ maxTokens: z.int().min(1).optional() }).optional(),
  toolConfig: z
    .strictObject({
      tools: z
        .array(
          z.strictObject({
            toolSpec: z.strictObject({
              name,
              description: z.string().min(1).optional(),
              inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal('object') }) }),
            }),
          }),
        )
        .min(1),
    })
    .optional(),
  additionalModelRequestFields: z
    .strictObject({
      thinking: z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1_024) }),
    })
    .optional(),
  outputConfig: z
    .strictObject({
      textFormat: z.strictObject({
        type: z.literal('json_schema'),
        structure: z.strictObject({
          jsonSchema: z.strictObject({
            name: z.string().optional(),
            description: z.string().optional(),
            schema: z.string(),
          }),
        }),
      }),
    })
    .optional(),
});
type Request = z.output<typeof request>;

/** Answers as Bedrock would for Claude, and rejects what Bedrock would reject. */
export function bedrockProvider(script: Script): Behaviour {
  return (exchange) => {
    const { headers, json, path } = exchange.request;
    const read = request.safeParse(json);
    const fault = read.success ? faultOf(read.data) : z.prettifyError(read.error);
    const call = /^\/v1\/model\/us\.anthropic\.claude-sonnet-4-5-v1%3A0\/([\w-]+)$/.exec(path)?.[1];
    if (headers.authorization !== 'Bearer sk-aws') refuses(403, 'Authentication failed')(exchange);
    else if (call === undefined) refuses(404, path)(exchange);
    else if (fault !== null) refuses(400, fault)(exchange);
    else if (script.failure === 'before') refuses(503, 'The model is overloaded.')(exchange);
    else if (call === 'converse-stream') streamed(script)(exchange);
    else sends(200, JSON.stringify(whole(script)))(exchange);
  };
}

function refuses(status: number, told: string): Behaviour {
  return sends(status, JSON.stringify({ message: told }));
}

/** Checks that roles alternate, every call has its result in the next turn, and called tools are defined. */
function faultOf({ messages, toolConfig }: Request): string | null {
  for (const [i, { role, content }] of messages.entries()) {
    if (role !== (i % 2 === 0 ? 'user' : 'assistant')) return 'roles must alternate';
    const ids = content.flatMap((one) => ('toolUse' in one ? one.toolUse.toolUseId : []));
    const next = messages[i + 1]?.content ?? [];
    const results = next.flatMap((one) => ('toolResult' in one ? one.toolResult.toolUseId : []));
    if (ids.toSorted().join() !== results.toSorted().join()) return 'calls without results';
    if (ids.length > 0 && toolConfig === undefined) return 'toolConfig must be defined';
  }
  return null;
}

const STOP = {
  stop: 'end_turn',
  length: 'max_tokens',
  tools: 'tool_use',
  refusal: 'content_filtered',
};

const USAGE = {
  inputTokens: TOKENS.input - TOKENS.cached,
  cacheReadInputTokens: TOKENS.cached,
  cacheWriteInputTokens: 0,
  outputTokens: TOKENS.output,
  totalTokens: TOKENS.input + TOKENS.output,
};

function blocksOf({ thought, text: answerText, refusal, calls = [] }: Script): Block[] {
  const words = answerText ?? refusal;
  return [
    ...(thought === undefined ? [] : [{ reasoningContent: { reasoningText: thought } }]),
    ...(words === undefined ? [] : [{ text: words }]),
    ...calls.map((call, i) => ({
      toolUse: { toolUseId: `tooluse_${i}`, name: call.name, input: call.input },
    })),
  ];
}

function whole(script: Script): object {
  return {
    output: { message: { role: 'assistant', content: blocksOf(script) } },
    stopReason: STOP[script.finish],
    usage: USAGE,
    metrics: { latencyMs: 5 },
  };
}

function framesOf(script: Script): Buffer[] {
  const delta = (at: number, told: object) =>
    frame('contentBlockDelta', { contentBlockIndex: at, delta: told });
  return blocksOf(script).flatMap((one, at) => {
    const stop = frame('contentBlockStop', { contentBlockIndex: at });
    if ('text' in one) return [...halves(one.text).map((half) => delta(at, { text: half })), stop];
    if ('toolUse' in one) {
      const { input, ...rest } = one.toolUse;
      const json = Object.keys(input).length === 0 ? [] : halves(JSON.stringify(input));
      return [
        frame('contentBlockStart', { contentBlockIndex: at, start: { toolUse: rest } }),
        ...json.map((half) => delta(at, { toolUse: { input: half } })),
        stop,
      ];
    }
    if (!('reasoningContent' in one)) return [];
    const { text: thought, signature } = one.reasoningContent.reasoningText;
    const thoughts = halves(thought).map((half) => delta(at, { reasoningContent: { text: half } }));
    return [...thoughts, delta(at, { reasoningContent: { signature } }), stop];
  });
}

function streamed(script: Script): Behaviour {
  const frames = [frame('messageStart', { role: 'assistant' }), ...framesOf(script)];
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const one of frames) response.write(one);
    if (script.failure === 'silence') return;
    if (script.failure === 'middle') {
      response.end(frame('throttlingException', { message: 'stream interrupted' }, 'exception'));
      return;
    }
    response.write(frame('messageStop', { stopReason: STOP[script.finish] }));
    response.end(frame('metadata', { usage: USAGE, metrics: { latencyMs: 5 } }));
  };
}

function halves(told: string): string[] {
  const middle = Math.ceil(told.length / 2);
  return [told.slice(0, middle), told.slice(middle)];
}

/** What Bedrock understands of a request. */
export function understoodByBedrock(json: unknown): Understood {
  const read = request.parse(json);
  const all = read.messages.flatMap(({ content }) => content);
  const results = all.flatMap((one) => ('toolResult' in one ? [one.toolResult] : []));
  const schema = read.outputConfig?.textFormat.structure.jsonSchema.schema;
  return {
    system: (read.system ?? []).map((one) => one.text).join('\n'),
    said: all.flatMap((one) => ('text' in one ? one.text : [])),
    images: all.flatMap((one) => ('image' in one ? one.image.source.bytes : [])),
    tools: (read.toolConfig?.tools ?? []).map(({ toolSpec }) => toolSpec.name),
    results: results.map(({ content }) =>
      content.map((one) => ('text' in one ? one.text : '')).join(''),
    ),
    schema: schema === undefined ? null : JSON.parse(schema),
    maxTokens: read.inferenceConfig?.maxTokens ?? null,
    thinks: read.additionalModelRequestFields !== undefined,
    signatures: all.flatMap((one) =>
      'reasoningContent' in one ? one.reasoningContent.reasoningText.signature : [],
    ),
  };
}
