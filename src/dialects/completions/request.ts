import type { Conversation } from '../../core/conversation.js';
import type { ChatRequest } from '../dialect.js';
import { isObject, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { numberOr, objectMembers, positiveOrNull, textsIn } from '../json-members.js';
import type { ForeignMember, NeutralRequest } from '../neutral/request.js';
import { conversationOf } from '../neutral/router-view.js';
import { readSampling } from '../openai/neutral-request.js';
import {
  check,
  invalid,
  isAbsent,
  isWhole,
  missing,
  parseBody,
  wrongType,
} from '../request-check.js';

/** Members that are read here or by other parts of the gateway. */
const READ = new Set(
  `model prompt stream stream_options max_tokens temperature top_p top_k frequency_penalty
   presence_penalty seed stop n logprobs echo user provider_options`.split(/\s+/),
);

/** Members that OpenAI documents and that have no equivalent in other dialects. */
const KNOWN_FOREIGN = new Set(['best_of', 'logit_bias', 'suffix']);

/**
 * Reads a Completions request with a single text prompt.
 *
 * @throws {GatewayError} `invalid_json` with the position, or `invalid_request` with the field
 */
export function readRequest(body: Buffer): ChatRequest {
  const parsed = parseBody(body);
  const { model } = parsed;
  if (typeof model !== 'string' || model.trim() === '') {
    throw invalid('model', 'must name a model, or "auto" to let the gateway choose');
  }
  const prompt = readPrompt(parsed);
  checkMembers(parsed);
  const stream = parsed['stream'] === true;
  const options = objectOrEmpty(parsed['stream_options']);
  const neutral = (): NeutralRequest => readNeutral(parsed, prompt);
  let conversation: Conversation | null = null;
  return {
    body,
    model,
    stream,
    includeUsage: stream && options['include_usage'] === true,
    metadata: {},
    conversation: () => (conversation ??= conversationOf(neutral(), [])),
    neutral,
    parsed: { ...parsed, prompt },
  };
}

/** Exactly one prompt: chat providers answer one per request. */
function readPrompt(request: JsonObject): string {
  const { prompt } = request;
  if (isAbsent(prompt)) throw missing(request, 'prompt', 'a string');
  const prompts: readonly unknown[] = Array.isArray(prompt) ? (prompt as unknown[]) : [prompt];
  const [first, ...others] = prompts;
  if (typeof first === 'number' || Array.isArray(first)) {
    throw invalid(
      'prompt',
      'must be a string: token ids are not supported, because they differ between models',
    );
  }
  if (others.length > 0) {
    throw invalid(
      'prompt',
      `must be one string, not ${others.length + 1}: send one request for each`,
    );
  }
  if (typeof first !== 'string') throw wrongType('prompt', 'a string', first);
  if (first === '') throw invalid('prompt', 'must not be empty');
  return first;
}

function checkMembers(request: JsonObject): void {
  for (const name of ['stream', 'echo']) {
    check(request, name, 'true or false', (value) => typeof value === 'boolean');
  }
  for (const name of ['temperature', 'top_p']) {
    check(request, name, 'a number', (value) => typeof value === 'number');
  }
  for (const name of ['max_tokens', 'logprobs']) check(request, name, 'a whole number', isWhole);
  check(request, 'n', 'a whole number of at least 1', (n) => isWhole(n) && n >= 1);
  check(request, 'stream_options', 'an object', isObject);
}

function readNeutral(request: JsonObject, prompt: string): NeutralRequest {
  const text = { kind: 'text', text: prompt, at: 'prompt' } as const;
  return {
    stream: request['stream'] === true,
    turns: [{ role: 'user', parts: [text], at: 'prompt' }],
    tools: [],
    toolChoice: null,
    parallelTools: null,
    format: { kind: 'text' },
    thinking: null,
    sampling: readSampling(request),
    maxOutputTokens: positiveOrNull(request['max_tokens']),
    stop: textsIn(request['stop']),
    choices: positiveOrNull(request['n']) ?? 1,
    logprobs: numberOr(request['logprobs'], null),
    user: textOrNull(request['user']),
    serviceTier: null,
    cache: null,
    providerOptions: objectMembers(request['provider_options']),
    foreign: foreignMembers(request),
    names: {
      maxOutputTokens: 'max_tokens',
      stop: 'stop',
      topP: 'top_p',
      format: 'response_format',
      strict: 'response_format',
      parallelTools: 'parallel_tool_calls',
      user: 'user',
    },
  };
}

function foreignMembers(request: JsonObject): ForeignMember[] {
  return Object.entries(request)
    .filter(([name, value]) => !READ.has(name) && isSpecified(name, value))
    .map(([field]) => ({ field, isKnown: KNOWN_FOREIGN.has(field) }));
}

/** Clients also send defaults for features that they do not use. */
function isSpecified(name: string, value: unknown): boolean {
  if (value === null || value === '' || (name === 'best_of' && value === 1)) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
