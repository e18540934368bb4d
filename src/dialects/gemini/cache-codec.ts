import type { CacheCodec, AnswerKind, Frame } from '../cache-codec.js';
import { objectOrEmpty, textOrNull } from '../json.js';
import { FILTERED_REASONS } from './candidate-encoder.js';
import { knownAnswer, type KnownCandidate } from './known-response.js';
import { identityOf } from './request-identity.js';
import { joinStream } from './join-stream.js';

/** Gemini's responses: a whole answer is one, a stream is several. */
export const geminiCacheCodec: CacheCodec = {
  name: 'gemini',
  identityOf,
  // Every client of this dialect gets the usage.
  splitFrames: (bytes) => [{ bytes, usageOnly: false }],
  joinFrames: (frames) => joinStream(frames.map(({ bytes }) => bytes)),
  toFrames: streamFrames,
  textOf,
  classify: classifyAnswer,
};

const LINE_ENDS = /[\r\n]/g;

/** A whole answer as a stream of one response. */
function streamFrames(whole: Buffer): readonly Frame[] | null {
  if (knownAnswer(whole) === null) return null;
  // Unchanged except for line breaks, which mean nothing in JSON and would end the event.
  const json = whole.toString('utf8').replace(LINE_ENDS, ' ').trim();
  return [{ bytes: Buffer.from(`data: ${json}\r\n\r\n`), usageOnly: false }];
}

function textOf(whole: Buffer): string | null {
  const [candidate, second] = knownAnswer(whole)?.candidates ?? [];
  if (candidate === undefined || second !== undefined || hasCalls(candidate)) return null;
  return textIn(candidate);
}

/** Least complete first. */
const KINDS: readonly AnswerKind[] = ['empty', 'filtered', 'truncated', 'tool_calls', 'complete'];

function classifyAnswer(whole: Buffer): AnswerKind | null {
  const answer = knownAnswer(whole);
  if (answer === null) return null;
  const { body, candidates } = answer;
  if (textOrNull(objectOrEmpty(body['promptFeedback'])['blockReason']) !== null) return 'filtered';
  const kinds = new Set(candidates.map(kindOfCandidate));
  return KINDS.find((kind) => kinds.has(kind)) ?? null;
}

function kindOfCandidate(candidate: KnownCandidate): AnswerKind {
  const reason = String(candidate.body['finishReason']);
  if (FILTERED_REASONS.test(reason)) return 'filtered';
  // Any other reason, known or unknown, does not guarantee that the answer is complete.
  if (reason !== 'STOP') return 'truncated';
  if (hasCalls(candidate)) return 'tool_calls';
  return textIn(candidate) === null ? 'empty' : 'complete';
}

function hasCalls({ parts }: KnownCandidate): boolean {
  return parts.some((part) => 'functionCall' in part);
}

/** A candidate's text, without reasoning. */
function textIn({ parts }: KnownCandidate): string | null {
  const answerParts = parts.filter(({ thought }) => thought !== true);
  return textOrNull(answerParts.map(({ text }) => textOrNull(text) ?? '').join(''));
}
