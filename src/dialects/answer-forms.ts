import type { JsonObject } from './json.js';

/** What of a request decides its answer. */
export interface RequestIdentity {
  /** The request's members without those that change nothing of the answer, and without defaults. */
  readonly members: JsonObject;
  /** The client asks for chance (`temperature` above 0) and gives no seed to repeat it by. */
  readonly sampled: boolean;
  /** A tool of the provider's own is to look something up, whatever the answer tells of it. */
  readonly searches?: boolean;
  /** What the user said last; `null` where that is more than text, or nothing. */
  readonly question: LastQuestion | null;
}

/** A request taken apart into what the user said last, and all the rest. */
export interface LastQuestion {
  readonly text: string;
  /** The request's members without that text, and `null` in its place. */
  readonly rest: JsonObject;
}

/** A part of a stream that can be sent on by itself. */
export interface Frame {
  readonly bytes: Buffer;
  /** Tells the usage, and is sent only to clients that asked for it in their stream. */
  readonly usageOnly: boolean;
}

/**
 * What an answer amounts to.
 *
 * - `complete`: the model said all that it had to say.
 * - `tool_calls`: somebody else has to act before there is an answer.
 * - `truncated`: it was cut at a limit of length.
 * - `filtered`: it was withheld in part or whole, or the model refused.
 * - `empty`: nothing was said at all.
 * - `searched`: a tool of the provider's own looked something up, which was true on its day.
 */
export type AnswerKind =
  'complete' | 'tool_calls' | 'truncated' | 'filtered' | 'empty' | 'searched';

/** Whom a kept answer is given to. */
export interface Addressee {
  /** Unlike that of any other request. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly nowS: number;
  /** The members of the request. */
  readonly request: JsonObject;
}

/** One answer on its way to one client. */
export interface Addressing {
  whole(body: Buffer): Buffer;
  /** @param bytes - whole events, in the stream's order */
  streamed(bytes: Buffer): Buffer;
}

/** How answers of a dialect are kept, and given again in the form that a client wants. */
export interface AnswerForms {
  /** Short and stable: answers that are kept belong to it. */
  readonly name: string;

  /** @param body - a request that the dialect has read without complaint */
  identityOf(body: Buffer): RequestIdentity;

  /** @param bytes - whole events, as a stream of the dialect sends them on, with usage */
  framesIn(bytes: Buffer): readonly Frame[];

  /**
   * Puts a complete stream together as the answer it would have been without `stream`.
   *
   * @returns `null` if something in it has no known place in a whole answer
   */
  wholeOf(frames: readonly Frame[]): Buffer | null;

  /**
   * A whole answer as the stream it would have been.
   *
   * @returns `null` if it cannot be read
   */
  framesOf(whole: Buffer): readonly Frame[] | null;

  /** What the only choice says; `null` where there are several, or more than text. */
  textOf(whole: Buffer): string | null;

  /**
   * What was looked up counts first, then the least complete of its choices.
   *
   * @param repeated - members of the request, where answers in the dialect repeat some of them
   * @returns `null` for what is no answer
   */
  kindOf(whole: Buffer, repeated?: JsonObject): AnswerKind | null;

  /**
   * Has an answer that was given to somebody else say that it is the addressee's.
   *
   * Absent where an answer says nothing of who asked, and goes by no name later.
   */
  readonly addressed?: (to: Addressee) => Addressing;
}
