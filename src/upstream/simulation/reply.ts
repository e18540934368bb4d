import { exampleOf } from './schema-example.js';
import { type SimulatedRequest, type SimulatedTool, textOf } from './request.js';

/** A simulated model's reply to a request. */
export interface SimulatedReply {
  readonly choices: readonly SimulatedChoice[];
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface SimulatedChoice {
  /** The text, or the arguments of the tool call. */
  readonly text: string;
  /** The tool that is called; `null` for an answer in text. */
  readonly tool: string | null;
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
}

/** Typical English text has about four characters per token. */
const CHARS_PER_TOKEN = 4;
const QUOTE_CHARS = 80;

const FILLER = [
  'It stands in for a real answer, so that streaming, usage, rules and routing can be tried without a key.',
  'The tokens are estimates from the length of this text.',
  'Its length depends on the model that it stands in for.',
  'Add a provider to the configuration, and a real model answers instead.',
  'Nothing was sent over the network to write it.',
  'The same request always gets the same reply.',
];

/** Makes up a reply of the form that the request asks for. Deterministic: the same request gets the same reply. */
export function replyTo(request: SimulatedRequest): SimulatedReply {
  const calledTool = toolFor(request);
  const most = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  const choices = Array.from({ length: request.n ?? 1 }, (_, index): SimulatedChoice => {
    const full = calledTool === null ? textFor(request, index) : argumentsFor(calledTool);
    const text = cut(full, most * CHARS_PER_TOKEN);
    const tool = calledTool?.name ?? null;
    if (text.length < full.length) return { text, tool, finishReason: 'length' };
    return { text, tool, finishReason: tool === null ? 'stop' : 'tool_calls' };
  });
  const written = choices.map((choice) => tokensOf(choice.text) + tokensOf(choice.tool ?? ''));
  return {
    choices,
    promptTokens: promptTokens(request),
    completionTokens: written.reduce((sum, tokens) => sum + tokens, 0),
  };
}

/** The estimated number of tokens of a text. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

function promptTokens(request: SimulatedRequest): number {
  const messages = request.messages.map((message) => tokensOf(textOf(message)));
  const tools = request.tools == null ? 0 : tokensOf(JSON.stringify(request.tools));
  // The role and the delimiters of a message take about four tokens in OpenAI's own counting.
  return messages.reduce((sum, tokens) => sum + tokens + 4, tools);
}

/** The tool to call: the one that the request forces, or one that the last user message names. */
function toolFor(request: SimulatedRequest): SimulatedTool | null {
  const tools = (request.tools ?? []).flatMap((tool) => tool.function ?? []);
  const { tool_choice: choice } = request;
  // After a tool result, the simulation always answers in text, so that an agent's loop ends.
  if (choice === 'none' || request.messages.at(-1)?.role === 'tool') return null;
  if (typeof choice === 'object' && choice?.function !== undefined) {
    const { name } = choice.function;
    return tools.find((tool) => tool.name === name) ?? null;
  }
  const userText = lastUserText(request);
  const named = tools.find((tool) => userText.includes(tool.name));
  return named ?? (choice === 'required' ? (tools[0] ?? null) : null);
}

function argumentsFor(tool: SimulatedTool): string {
  return JSON.stringify(exampleOf(tool.parameters ?? {}));
}

function textFor(request: SimulatedRequest, index: number): string {
  const { response_format: format } = request;
  if (format?.type === 'json_schema') {
    return JSON.stringify(exampleOf(format.json_schema?.schema ?? {}));
  }
  if (format?.type === 'json_object') {
    return JSON.stringify({ simulated: true, model: request.model, quote: quote(request) });
  }
  const results = request.messages.filter((message) => message.role === 'tool');
  const opening =
    `This is a simulated answer by ${request.model}; no language model wrote it. ` +
    (request.messages.at(-1)?.role === 'tool'
      ? `The tools returned: ${shorten(results.map(textOf).join('; '))}`
      : `You wrote: "${quote(request)}"`);
  const sentences = FILLER.slice(0, 1 + (hash(request.model) % FILLER.length));
  const which = index === 0 ? [] : [`(Choice ${index + 1}.)`];
  return [opening, ...sentences, ...which].join(' ');
}

function quote(request: SimulatedRequest): string {
  return shorten(lastUserText(request));
}

function lastUserText(request: SimulatedRequest): string {
  const message = request.messages.findLast((candidate) => candidate.role === 'user');
  return message === undefined ? '' : textOf(message);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= QUOTE_CHARS ? line : `${cut(line, QUOTE_CHARS)}…`;
}

/** The first `chars` UTF-16 units, without half a surrogate pair at the end. */
function cut(text: string, chars: number): string {
  if (text.length <= chars) return text;
  return text.slice(0, chars).replace(/[\uD800-\uDBFF]$/u, '');
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return sum;
}
