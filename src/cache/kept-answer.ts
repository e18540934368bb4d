import { ownBytes } from '../core/own-bytes.js';
import type { AnswerForms, Frame } from '../dialects/answer-forms.js';

/** A frame of a stream, and when it came. */
export interface TimedFrame extends Frame {
  /** Milliseconds after the first frame. */
  readonly atMs: number;
}

/** What an answer was: the bytes of a whole one, or a stream's frames. */
export type AnswerPayload =
  | { readonly form: 'whole'; readonly body: Buffer }
  | { readonly form: 'stream'; readonly frames: readonly TimedFrame[] };

/** The words are not in this process; they can be fetched where answers are shared. */
export interface PayloadElsewhere {
  readonly form: 'elsewhere';
  readonly bytes: number;
}

/** What is known of an answer besides its words. */
export interface AnswerFacts {
  /** Of the decision whose answer this is. */
  readonly source: string;
  /** Who answered, `vendor/name`. */
  readonly model: string;
  /** What it cost, and everybody saves who gets it again; `null` when unknown. */
  readonly costUsd: number | null;
  /** Milliseconds it took to come. */
  readonly tookMs: number;
  readonly simulated: boolean;
}

/** What an answer answers, for finding questions that are alike. */
export interface Question {
  /** Fingerprint of all of the request but the text: only questions of one partition are compared. */
  readonly partition: string;
  /** The last thing that the user said. */
  readonly text: string;
}

/** An answer that may be given again. */
export interface KeptAnswer extends AnswerFacts {
  readonly key: string;
  /** `null`: it is given to the very same request only. */
  readonly question: Question | null;
  /** `null`: shared by all callers. */
  readonly tenant: string | null;
  readonly namespace: string;
  readonly tags: readonly string[];
  /** Wall clock. */
  readonly storedAtMs: number;
  /** Wall clock; from then on the answer is not given again. */
  readonly expiresAtMs: number;
  readonly payload: AnswerPayload | PayloadElsewhere;
}

/** An answer whose words are here. */
export interface HeldAnswer extends KeptAnswer {
  readonly payload: AnswerPayload;
}

/**
 * An answer, put together to be held for long.
 *
 * Every member is written out: V8 gives each object that begins with `...` a hidden class of its own, larger than the
 * object.
 */
export function answerWith<Payload extends KeptAnswer['payload']>(
  facts: Omit<KeptAnswer, 'payload'>,
  payload: Payload,
): KeptAnswer & { readonly payload: Payload } {
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
export function retagged(answer: KeptAnswer, tags: readonly string[]): KeptAnswer {
  return answerWith(Object.assign({}, answer, { tags }), answer.payload);
}

/**
 * The same answer in as little memory as it takes: its bytes are in memory of their own, and frames of one moment are one.
 */
export function packed(payload: AnswerPayload): AnswerPayload {
  if (payload.form === 'whole') return { form: 'whole', body: ownBytes([payload.body]) };
  const bytes = ownBytes(payload.frames.map((frame) => frame.bytes));
  const frames: TimedFrame[] = [];
  let start = 0;
  let end = 0;
  for (const [i, frame] of payload.frames.entries()) {
    end += frame.bytes.length;
    const atMs = Math.round(frame.atMs);
    const next = payload.frames[i + 1];
    const goesOn = next?.usageOnly === frame.usageOnly && Math.round(next.atMs) === atMs;
    if (goesOn) continue;
    frames.push({ bytes: bytes.subarray(start, end), usageOnly: frame.usageOnly, atMs });
    start = end;
  }
  return { form: 'stream', frames };
}

/** Whether the words of an answer are here. */
export function isHeld(answer: KeptAnswer): answer is HeldAnswer {
  return answer.payload.form !== 'elsewhere';
}

/** What an entry was found to need besides its payload: the object, its key, its places in lists. */
const ENTRY_BYTES = 512;
const FRAME_BYTES = 140;
/** What finding it by its question takes besides: 256 numbers, links to its neighbours, what was read of it. */
const QUESTION_BYTES = 2_100;

/** Bytes of memory an answer takes, about. */
export function bytesOf({
  payload,
  tags,
  question,
}: Pick<KeptAnswer, 'payload' | 'tags' | 'question'>): number {
  const found = question === null ? 0 : QUESTION_BYTES + question.text.length;
  const labels = tags.reduce((sum, tag) => sum + tag.length, ENTRY_BYTES + found);
  if (payload.form === 'elsewhere') return labels;
  if (payload.form === 'whole') return labels + payload.body.length;
  return payload.frames.reduce((sum, { bytes }) => sum + bytes.length + FRAME_BYTES, labels);
}

/** The answer as a whole, whatever form it came in; `null` if it cannot be put together. */
export function wholeOf(payload: AnswerPayload, forms: AnswerForms): Buffer | null {
  return payload.form === 'whole' ? payload.body : forms.wholeOf(payload.frames);
}

/** The answer as a stream; one that came whole is there at once. `null` if it cannot be taken apart. */
export function framesOf(payload: AnswerPayload, forms: AnswerForms): readonly TimedFrame[] | null {
  if (payload.form === 'stream') return payload.frames;
  const frames = forms.framesOf(payload.body);
  return frames?.map(({ bytes, usageOnly }) => ({ bytes, usageOnly, atMs: 0 })) ?? null;
}
