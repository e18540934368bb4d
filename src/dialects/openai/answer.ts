import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import type { AnswerOptions, WholeAnswer } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { isIndex, isObject, objectOrEmpty, objectsIn, textOrNull } from '../json.js';
import {
  dropEmptyMembers,
  flattenContent,
  hasFunctionCall,
  separateAnnotations,
  writtenChars,
} from './content.js';
import { findEmbeddedError } from './error.js';
import { reconcileFinish, readFinish } from './finish.js';
import { callId, identify } from './identity.js';
import { argumentsText, wholeToolCalls } from './tool-call-normaliser.js';
import { readUsage } from './usage.js';

/**
 * Normalises a complete answer to OpenAI's rules; a trusted provider's bytes stay as they are.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer; the error in the body if it has one
 */
export function readAnswer(body: Buffer, rules: AnswerOptions): WholeAnswer {
  const answer = parseAnswer(body);
  const choices = objectsIn(answer['choices']);
  const messages = choices.map((choice) => objectOrEmpty(choice['message']));
  const reading = readUsage(answer['usage'] ?? objectOrEmpty(answer['x_groq'])['usage']);
  return {
    body: rules.trusted ? body : serialised(normaliseAnswer(answer, rules)),
    summary: {
      usage: reading?.usage ?? null,
      finishReason: readFinish(choices[0]?.['finish_reason']),
      outputChars: messages.reduce((sum, message) => sum + writtenChars(message), 0),
    },
  };
}

/**
 * Normalises a complete answer to OpenAI's rules, in place.
 *
 * @returns the same answer
 */
export function normaliseAnswer(answer: JsonObject, rules: AnswerOptions): JsonObject {
  const reading = readUsage(answer['usage'] ?? objectOrEmpty(answer['x_groq'])['usage']);
  normaliseInPlace(answer, rules);
  if (reading === null) delete answer['usage'];
  else answer['usage'] = reading.toJson();
  return answer;
}

/**
 * Reads a body that should be an answer with at least one choice.
 *
 * @throws {GatewayError} `upstream_failed` if it is not; the error in the body if it has one
 */
export function parseAnswer(body: Buffer): JsonObject {
  const answer = parseAnswerObject(body);
  const error = findEmbeddedError(answer);
  if (error !== null) throw error;
  const choices = objectsIn(answer['choices']);
  // Perplexity sends an empty delta along with the whole message.
  for (const choice of choices) {
    if ('delta' in choice && isObject(choice['message'])) delete choice['delta'];
  }
  if (choices.length === 0) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any choice.');
  }
  return answer;
}

function serialised(answer: JsonObject): Buffer {
  try {
    return Buffer.from(JSON.stringify(answer));
  } catch (cause) {
    // `JSON.parse` has no depth limit, `JSON.stringify` has one.
    throw new GatewayError('upstream_failed', 'The provider sent an answer nested too deeply.', {
      cause,
    });
  }
}

function normaliseInPlace(answer: JsonObject, rules: AnswerOptions): void {
  const identity = identify(answer, rules);
  Object.assign(answer, identity, { object: 'chat.completion' });
  const choices = objectsIn(answer['choices']);
  const isValidIndex = (index: unknown) => isIndex(index) && index < choices.length;
  const indexes = new Set(choices.map(({ index }) => index).filter(isValidIndex));
  choices.forEach((choice, i) => {
    if (indexes.size < choices.length) choice['index'] = i;
    normaliseChoice(choice, (call) => callId(rules.seed, i, call));
  });
  answer['choices'] = choices;
}

function normaliseChoice(choice: JsonObject, makeCallId: (index: number) => string): void {
  const message = objectOrEmpty(choice['message']);
  choice['message'] = message;
  choice['logprobs'] ??= null;
  normaliseMessage(message, makeCallId);

  const rawFinish = choice['finish_reason'];
  const known = readFinish(rawFinish);
  choice['finish_reason'] = reconcileFinish(known ?? 'stop', {
    toolCalls: message['tool_calls'] !== undefined,
    functionCall: message['function_call'] !== undefined,
  });
  if (known !== null && known !== rawFinish) choice['native_finish_reason'] ??= rawFinish;
}

function normaliseMessage(message: JsonObject, makeCallId: (index: number) => string): void {
  flattenContent(message);
  if (isObject(message['tool_calls'])) message['tool_calls'] = [message['tool_calls']];
  dropEmptyMembers(message);
  separateAnnotations(message);
  const legacy = message['function_call'];
  if (isObject(legacy)) legacy['arguments'] = argumentsText(legacy['arguments']);
  const calls = wholeToolCalls(message['tool_calls'], makeCallId);
  delete message['tool_calls'];
  if (calls.length > 0) message['tool_calls'] = calls;
  message['role'] = 'assistant';
  message['refusal'] ??= null;
  const { content, refusal } = message;
  const hasOtherOutput =
    calls.length > 0 || hasFunctionCall(message) || textOrNull(refusal) !== null;
  // Groq and Cerebras leave `content` out if there are tool calls, where OpenAI sends `null`.
  if (content === undefined) message['content'] = hasOtherOutput ? null : '';
}
