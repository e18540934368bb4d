import type { CacheCodec, AnswerKind, Frame } from '../cache-codec.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull, without } from '../json.js';
import { hasFunctionCall } from './content.js';
import { identityOf } from './request-identity.js';
import { hasSearchResults } from './search.js';
import { joinStream } from './join-stream.js';

const DONE = Buffer.from('data: [DONE]\n\n');
const EVENT_END = Buffer.from('\n\n');
const DATA_BYTES = 6; // `data: `
const USAGE_MEMBER = /"usage"\s*:\s*\{/;

/** OpenAI's Chat Completions: whole answers, and streams of chunks. */
export const openaiCacheCodec: CacheCodec = {
  name: 'openai',
  identityOf,
  splitFrames: splitEvents,
  joinFrames: (frames) => joinStream(frames.map(({ bytes }) => bytes)),
  toFrames: streamFrames,
  textOf,
  classify: classifyAnswer,
};

function splitEvents(bytes: Buffer): readonly Frame[] {
  // The quoted name cannot occur inside a string: its quotes would be escaped.
  if (!USAGE_MEMBER.test(bytes.toString('latin1'))) return [{ bytes, usageOnly: false }];
  const frames: Frame[] = [];
  let from = 0;
  while (from < bytes.length) {
    const found = bytes.indexOf(EVENT_END, from);
    const end = found < 0 ? bytes.length : found + EVENT_END.length;
    const frame = bytes.subarray(from, end);
    frames.push({ bytes: frame, usageOnly: isUsageOnly(frame) });
    from = end;
  }
  return frames;
}

function isUsageOnly(frame: Buffer): boolean {
  const text = frame.toString('utf8', DATA_BYTES);
  if (!USAGE_MEMBER.test(text)) return false;
  const { choices, usage } = objectOrEmpty(jsonOrNull(text));
  return Array.isArray(choices) && choices.length === 0 && isObject(usage);
}

function streamFrames(whole: Buffer): readonly Frame[] | null {
  const answer = jsonOrNull(whole.toString('utf8'));
  if (!isObject(answer)) return null;
  const { choices, usage, ...head } = answer;
  const choiceObjects = objectsIn(choices);
  if (choiceObjects.length === 0) return null;
  const base = { ...head, object: 'chat.completion.chunk' };
  const frames = choiceObjects.flatMap((choice, i) => {
    const index = typeof choice['index'] === 'number' ? choice['index'] : i;
    const rest = without(choice, ['index', 'message', 'finish_reason', 'logprobs']);
    const { logprobs = null } = choice;
    const chunk = (delta: JsonObject, more: JsonObject): Frame =>
      frame({ ...base, choices: [{ index, delta, ...more }] });
    return [
      chunk(deltaOf(objectOrEmpty(choice['message'])), { logprobs, finish_reason: null }),
      chunk({}, { ...rest, logprobs: null, finish_reason: choice['finish_reason'] ?? null }),
    ];
  });
  if (isObject(usage)) frames.push({ ...frame({ ...base, choices: [], usage }), usageOnly: true });
  return [...frames, { bytes: DONE, usageOnly: false }];
}

/** The delta of a whole message: in a stream every tool call has an `index`. */
function deltaOf(message: JsonObject): JsonObject {
  const calls = objectsIn(message['tool_calls']).map((call, index) => ({ index, ...call }));
  const delta = { role: 'assistant', ...without(message, ['tool_calls']) };
  return calls.length === 0 ? delta : { ...delta, tool_calls: calls };
}

function frame(chunk: JsonObject): Frame {
  return { bytes: Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`), usageOnly: false };
}

function textOf(whole: Buffer): string | null {
  const [choice, second] = objectsIn(objectOrEmpty(jsonOrNull(whole.toString('utf8')))['choices']);
  if (choice === undefined || second !== undefined) return null;
  const message = objectOrEmpty(choice['message']);
  return objectsIn(message['tool_calls']).length > 0 ? null : textOrNull(message['content']);
}

/** Least complete first. */
const KINDS: readonly AnswerKind[] = ['empty', 'filtered', 'truncated', 'tool_calls', 'complete'];

function classifyAnswer(whole: Buffer): AnswerKind | null {
  const answer = objectOrEmpty(jsonOrNull(whole.toString('utf8')));
  if (hasSearchResults(answer)) return 'searched';
  const kinds = new Set(objectsIn(answer['choices']).map(kindOfChoice));
  return KINDS.find((kind) => kinds.has(kind)) ?? null;
}

function kindOfChoice(choice: JsonObject): AnswerKind {
  const message = objectOrEmpty(choice['message']);
  const finish = choice['finish_reason'];
  if (finish === 'content_filter' || textOrNull(message['refusal']) !== null) return 'filtered';
  if (finish === 'length') return 'truncated';
  // With a forced call OpenAI itself reports `stop`, so the content decides.
  if (objectsIn(message['tool_calls']).length > 0 || hasFunctionCall(message)) return 'tool_calls';
  if (textOrNull(message['content']) === null && !isObject(message['audio'])) return 'empty';
  // An unknown finish reason does not guarantee that the answer is complete.
  return finish === 'stop' ? 'complete' : 'truncated';
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON, so not an answer: the caller gets `null` and caches nothing.
    return null;
  }
}
