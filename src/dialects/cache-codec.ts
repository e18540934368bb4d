import type { JsonObject } from './json.js';

/** The parts of a request that determine its answer, for the cache's fingerprint. */
export interface RequestIdentity {
  /** The request's members without defaults and without those that do not affect the answer. */
  readonly members: JsonObject;
  /** The client asks for random sampling (`temperature` above 0) without a seed. */
  readonly sampled: boolean;
  /** The request enables a search tool that the provider runs, even if the answer does not show it. */
  readonly searches?: boolean;
  /** The last user message; `null` if it is not plain text, or missing. */
  readonly question: LastQuestion | null;
}

/** A request split into the text of its last user message and everything else. */
export interface LastQuestion {
  readonly text: string;
  /** The request's members with `null` in place of that text. */
  readonly rest: JsonObject;
}

/** A part of a stream that can be sent by itself. */
export interface Frame {
  readonly bytes: Buffer;
  /** Contains only the usage, and is sent only to clients that asked for it in their stream. */
  readonly usageOnly: boolean;
}

/**
 * How complete an answer is.
 *
 * - `complete`: the model finished its answer.
 * - `tool_calls`: the client has to run tools first.
 * - `truncated`: it was cut at a length limit.
 * - `filtered`: it was withheld in part or whole, or the model refused.
 * - `empty`: it has no content.
 * - `searched`: a tool of the provider looked something up, so the answer may go out of date.
 */
export type AnswerKind =
  'complete' | 'tool_calls' | 'truncated' | 'filtered' | 'empty' | 'searched';

/** The request that a cached answer is sent for. */
export interface Recipient {
  /** Unique per request. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly nowS: number;
  /** The members of the request. */
  readonly request: JsonObject;
}

/** Rewrites one cached answer for one client. */
export interface AnswerRewriter {
  whole(body: Buffer): Buffer;
  /** @param bytes - whole events, in the stream's order */
  streamed(bytes: Buffer): Buffer;
}

/** How answers of a dialect are cached, and replayed whole or streamed as the client wants. */
export interface CacheCodec {
  /** Short and stable: part of the key of cached answers. */
  readonly name: string;

  /** @param body - a request that the dialect has already read without an error */
  identityOf(body: Buffer): RequestIdentity;

  /** Splits a stream into frames. @param bytes - whole events of a stream of the dialect, with usage */
  splitFrames(bytes: Buffer): readonly Frame[];

  /**
   * Joins a complete stream into the answer that a request without `stream` would have got.
   *
   * @returns `null` if something in it has no known equivalent in a whole answer
   */
  joinFrames(frames: readonly Frame[]): Buffer | null;

  /**
   * The stream that a whole answer would have been.
   *
   * @returns `null` if it cannot be read
   */
  toFrames(whole: Buffer): readonly Frame[] | null;

  /** The text of the only choice; `null` if there are several choices, or more than text. */
  textOf(whole: Buffer): string | null;

  /**
   * Classifies an answer: `searched` if anything was looked up, otherwise by its least complete choice.
   *
   * @param repeated - members of the request, for dialects whose answers repeat some of them
   * @returns `null` if it is not an answer
   */
  classify(whole: Buffer, repeated?: JsonObject): AnswerKind | null;

  /**
   * Gives an answer that was first sent for another request the ids and echoed members of this one.
   *
   * Absent if answers echo nothing of the request and cannot be referred to later.
   */
  readonly readdress?: (to: Recipient) => AnswerRewriter;
}
