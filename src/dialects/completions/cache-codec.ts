import type { CacheCodec, AnswerKind, Frame } from '../cache-codec.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import { openaiCacheCodec } from '../openai/cache-codec.js';
import { identityOf } from './request-identity.js';
import { DONE, joinStream } from './join-stream.js';
import { echoOf } from './event-writer.js';

/** Legacy Completions: whole answers, and streams of pieces. */
export const completionsCacheCodec: CacheCodec = {
  name: 'completions',
  identityOf,
  // Usage is in a chunk without choices, as in Chat Completions.
  splitFrames: (bytes) => openaiCacheCodec.splitFrames(bytes),
  joinFrames: (frames) => joinStream(frames.map(({ bytes }) => bytes)),
  toFrames: streamFrames,
  textOf,
  classify: classifyAnswer,
};

function streamFrames(whole: Buffer): readonly Frame[] | null {
  const answer = answerIn(whole);
  if (answer === null) return null;
  const { head, choices, usage } = answer;
  const frames = choices.flatMap((choice) => [
    frame({ ...head, choices: [{ ...choice, finish_reason: null }] }),
    frame({ ...head, choices: [{ ...choice, text: '', logprobs: null }] }),
  ]);
  if (isObject(usage)) frames.push({ ...frame({ ...head, choices: [], usage }), usageOnly: true });
  return [...frames, { bytes: Buffer.from(`data: ${DONE}\n\n`), usageOnly: false }];
}

function frame(chunk: JsonObject): Frame {
  return { bytes: Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`), usageOnly: false };
}

function textOf(whole: Buffer): string | null {
  const [choice, second] = answerIn(whole)?.choices ?? [];
  return choice === undefined || second !== undefined ? null : textOrNull(choice['text']);
}

/** Least complete first. */
const KINDS: readonly AnswerKind[] = ['empty', 'filtered', 'truncated', 'complete'];

function classifyAnswer(whole: Buffer, repeated?: JsonObject): AnswerKind | null {
  const echo = echoOf(repeated);
  const kinds = new Set(answerIn(whole)?.choices.map((choice) => kindOfChoice(choice, echo)));
  return KINDS.find((kind) => kinds.has(kind)) ?? null;
}

/** @param echo - the echoed prompt, with which every choice begins */
function kindOfChoice({ text, finish_reason: finishReason }: JsonObject, echo: string): AnswerKind {
  if (finishReason === 'content_filter') return 'filtered';
  if (finishReason !== 'stop') return 'truncated';
  const answerText = textOrNull(text);
  return answerText === null || answerText === echo ? 'empty' : 'complete';
}

interface Completion {
  readonly head: JsonObject;
  readonly choices: readonly JsonObject[];
  readonly usage: unknown;
}

/** `null` if it is not an answer. */
function answerIn(whole: Buffer): Completion | null {
  const { choices, usage, ...head } = objectOrEmpty(parsedObject(whole.toString('utf8')));
  const choiceList = objectsIn(choices);
  return choiceList.length === 0 ? null : { head, choices: choiceList, usage };
}
