import type { LastQuestion, RequestIdentity } from '../cache-codec.js';
import { isObject, objectOrEmpty, textOrNull, without, type JsonObject } from '../json.js';
import { relevantMembers, isSampled } from '../openai/request-identity.js';
import { isEmpty } from '../plain-request.js';

/** Members that do not affect the answer; earlier responses have been expanded into the input. */
const IRRELEVANT = ['client_metadata', 'previous_response_id', 'prompt_cache_options'];

/** Values that mean the same as leaving the member out, in addition to those of Chat Completions. */
const DEFAULTS: Readonly<Record<string, (value: unknown, request: JsonObject) => boolean>> = {
  background: (value) => value === false,
  include: isEmpty,
  reasoning: isEmpty,
  text: isEmpty,
  top_logprobs: (value) => value === 0,
  truncation: (value) => value === 'disabled',
  // Without tools, clients send either.
  tool_choice: (value, { tools }) => isEmpty(tools) && (value === 'auto' || value === 'none'),
};

/**
 * The parts of a Responses request that determine its answer.
 *
 * @param body - a request that has already been read without an error, with earlier responses expanded into its input
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const plain = without(relevantMembers(request), IRRELEVANT);
  if ('reasoning' in plain) plain['reasoning'] = withoutNulls(plain['reasoning']);
  if ('text' in plain) plain['text'] = plainText(plain['text']);
  const usual = Object.entries(DEFAULTS).filter(
    ([name, isUsual]) => name in plain && isUsual(plain[name], plain),
  );
  const names = usual.map(([name]) => name);
  const input = itemsOf(plain['input']).map(plainItem);
  const members: JsonObject = { ...without(plain, names), input };
  return { members, sampled: isSampled(request), question: lastQuestion(members, input) };
}

function itemsOf(input: unknown): readonly unknown[] {
  return Array.isArray(input) ? (input as unknown[]) : [{ role: 'user', content: input }];
}

function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function plainText(value: unknown): unknown {
  const text = withoutNulls(value);
  if (!isObject(text) || objectOrEmpty(text['format'])['type'] !== 'text') return text;
  return without(text, ['format']);
}

/** Types of items that are self-contained, so that their ids do not matter. */
const SELF_CONTAINED = new Set<unknown>([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]);

function plainItem(value: unknown): unknown {
  const item = withoutNulls(value);
  if (!isObject(item)) return item;
  const { type = 'message', role } = item;
  if (!SELF_CONTAINED.has(type)) return item;
  const plain = without(item, ['id', 'status']);
  if (type !== 'message') return plain;
  return { ...without(plain, ['type']), content: plainContent(plain['content'], role) };
}

/** The text of a content that is a single text part; any other content is returned as it is. */
function plainContent(content: unknown, role: unknown): unknown {
  if (!Array.isArray(content) || content.length !== 1 || !isObject(content[0])) return content;
  const { type, text, ...rest } = content[0];
  const own = role === 'assistant' ? 'output_text' : 'input_text';
  const isPlain =
    type === own && typeof text === 'string' && Object.entries(rest).every(isEmptyList);
  return isPlain ? text : content;
}

/** Empty arrays that clients echo from answers. */
function isEmptyList([name, value]: [string, unknown]): boolean {
  return (name === 'annotations' || name === 'logprobs') && isEmpty(value);
}

function lastQuestion(members: JsonObject, input: readonly unknown[]): LastQuestion | null {
  const last = objectOrEmpty(input.at(-1));
  const text = textOrNull(last['content']);
  if (last['role'] !== 'user' || text === null) return null;
  // `null` is unambiguous: no message has a `null` content.
  return { text, rest: { ...members, input: [...input.slice(0, -1), { ...last, content: null }] } };
}
