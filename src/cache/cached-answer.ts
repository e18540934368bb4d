import { concatUnpooled } from '../core/concat-unpooled.js';
import type { CacheCodec, Frame } from '../dialects/cache-codec.js';

/** A frame of a stream, and when it arrived. */
export interface TimedFrame extends Frame {
  /** Milliseconds after the first frame. */
  readonly atMs: number;
}

/** The content of an answer: the body of a whole one, or the frames of a stream. */
export type AnswerPayload =
  | { readonly form: 'whole'; readonly body: Buffer }
  | { readonly form: 'stream'; readonly frames: readonly TimedFrame[] };

/** The payload is not in this process, but can be fetched from Redis. */
export interface RemotePayload {
  readonly form: 'elsewhere';
  readonly bytes: number;
}

/** Metadata of an answer. */
export interface AnswerMetadata {
  /** Id of the decision that produced it. */
  readonly source: string;
  /** The model that answered, `vendor/name`. */
  readonly model: string;
  /** What it cost, which every hit saves; `null` if unknown. */
  readonly costUsd: number | null;
  /** Milliseconds until the answer was complete. */
  readonly tookMs: number;
  readonly simulated: boolean;
}

/** What an answer was given to, for semantic look-ups. */
export interface Question {
  /** Fingerprint of the request without the text: only questions of one partition are compared. */
  readonly partition: string;
  /** The last user message. */
  readonly text: string;
}

/** A cached answer. */
export interface CachedAnswer extends AnswerMetadata {
  readonly key: string;
  /** `null`: for exact hits only. */
  readonly question: Question | null;
  /** `null`: shared by all callers. */
  readonly tenant: string | null;
  readonly namespace: string;
  readonly tags: readonly string[];
  /** Wall clock, in milliseconds. */
  readonly storedAtMs: number;
  /** Wall clock, in milliseconds; from then on the answer is not given any more. */
  readonly expiresAtMs: number;
  readonly payload: AnswerPayload | RemotePayload;
}

/** An answer whose payload is in this process. */
export interface LoadedAnswer extends CachedAnswer {
  readonly payload: AnswerPayload;
}

/**
 * Creates a cached answer that takes little memory.
 *
 * Every member is written out: V8 gives each object literal that begins with a spread a hidden class of its own, larger
 * than the object.
 */
export function createCachedAnswer<Payload extends CachedAnswer['payload']>(
  facts: Omit<CachedAnswer, 'payload'>,
  payload: Payload,
): CachedAnswer & { readonly payload: Payload } {
  return {
    source: facts.source,
    model: facts.model,
    costUsd: facts.costUsd,
    tookMs: facts.tookMs,
    simulated: facts.simulated,
    key: facts.key,
    question: facts.question,
    tenant: facts.tenant,
    namespace: facts.namespace,
    tags: facts.tags,
    storedAtMs: facts.storedAtMs,
    expiresAtMs: facts.expiresAtMs,
    payload,
  };
}

/** The same answer with other tags. */
export function withNewTags(answer: CachedAnswer, tags: readonly string[]): CachedAnswer {
  return createCachedAnswer(Object.assign({}, answer, { tags }), answer.payload);
}

/**
 * The same payload in as little memory as possible: its bytes are copied to memory of their own, and frames that
 * arrived in the same millisecond are merged.
 */
export function compactPayload(payload: AnswerPayload): AnswerPayload {
  if (payload.form === 'whole') return { form: 'whole', body: concatUnpooled([payload.body]) };
  const bytes = concatUnpooled(payload.frames.map((frame) => frame.bytes));
  const frames: TimedFrame[] = [];
  let start = 0;
  let end = 0;
  for (const [i, frame] of payload.frames.entries()) {
    end += frame.bytes.length;
    const atMs = Math.round(frame.atMs);
    const next = payload.frames[i + 1];
    const isMerged = next?.usageOnly === frame.usageOnly && Math.round(next.atMs) === atMs;
    if (isMerged) continue;
    frames.push({ bytes: bytes.subarray(start, end), usageOnly: frame.usageOnly, atMs });
    start = end;
  }
  return { form: 'stream', frames };
}

/** Whether the payload of an answer is in this process. */
export function hasPayload(answer: CachedAnswer): answer is LoadedAnswer {
  return answer.payload.form !== 'elsewhere';
}

/** Measured overhead of an entry: the object, its key, its places in lists. */
const ENTRY_BYTES = 512;
const FRAME_BYTES = 140;
/** Measured overhead of indexing its question: 256 numbers, links to its neighbours, a note of the question. */
const QUESTION_BYTES = 2_100;

/** Approximate memory of an answer, in bytes. */
export function estimatedBytes({
  payload,
  tags,
  question,
}: Pick<CachedAnswer, 'payload' | 'tags' | 'question'>): number {
  const indexed = question === null ? 0 : QUESTION_BYTES + question.text.length;
  const overhead = tags.reduce((sum, tag) => sum + tag.length, ENTRY_BYTES + indexed);
  if (payload.form === 'elsewhere') return overhead;
  if (payload.form === 'whole') return overhead + payload.body.length;
  return payload.frames.reduce((sum, { bytes }) => sum + bytes.length + FRAME_BYTES, overhead);
}

/** The answer as a whole body, whatever its form; `null` if it cannot be assembled. */
export function wholeOf(payload: AnswerPayload, forms: CacheCodec): Buffer | null {
  return payload.form === 'whole' ? payload.body : forms.joinFrames(payload.frames);
}

/** The answer as a stream; frames of one that came whole are all due at once. `null` if it cannot be split. */
export function framesOf(payload: AnswerPayload, forms: CacheCodec): readonly TimedFrame[] | null {
  if (payload.form === 'stream') return payload.frames;
  const frames = forms.toFrames(payload.body);
  return frames?.map(({ bytes, usageOnly }) => ({ bytes, usageOnly, atMs: 0 })) ?? null;
}
