import type { Conversation } from '../core/conversation.js';
import type { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import type { Usage } from '../core/usage.js';
import type { CacheCodec } from './cache-codec.js';
import type { JsonObject } from './json.js';
import type { AnswerEvent, Emit, EventReader, EventWriter } from './neutral/event.js';
import type { FindUnsupportedPart } from './neutral/answer-losses.js';
import type { Loss, LossPolicy, Losses } from './neutral/losses.js';
import type { NeutralRequest } from './neutral/request.js';
import type { ReasoningMemory } from './neutral/reasoning-store.js';
import type { UnsupportedParams } from './unsupported-params.js';
import type { RoutingPreferences } from './routing-preferences.js';

/** The wire protocols that clients may speak. */
export type ClientDialectName = 'openai' | 'anthropic' | 'gemini' | 'responses' | 'completions';

/** The wire protocols that providers may speak. */
export const DIALECT_NAMES = [
  'openai',
  'anthropic',
  'gemini',
  'bedrock',
  'cohere',
  'ollama',
  'responses',
] as const;

export type DialectName = (typeof DIALECT_NAMES)[number];

/** What a client sent, read but not translated. */
export interface ChatRequest {
  /** The body as it came. */
  readonly body: Buffer;
  /** What the client wrote as `model`. */
  readonly model: string;
  readonly stream: boolean;
  /** The client wants usage in its stream. */
  readonly includeUsage: boolean;
  /** The client gets no reasoning in the answer: its dialect returns reasoning only on request, and it has not asked for any. */
  readonly hidesThoughts?: boolean;
  /** The client's own labels (`metadata` in OpenAI's dialect); strings by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The conversation for the router, built on the first call and cached: a request that names its model never needs it. */
  readonly conversation: () => Conversation;
  /** The request in neutral form, built on every call: only needed for a provider of another dialect. */
  readonly neutral: () => NeutralRequest;
  /** Headers for a provider of the same dialect, as alternating names and values; absent for none. */
  readonly forwarded?: readonly string[];
  /** Which models and providers the client wants, beyond `model`; `null` or absent if it does not say. */
  readonly terms?: RoutingPreferences | null;
  /** The names of the body's members; absent if they were not collected. */
  readonly memberNames?: readonly string[];
  /** The parsed body, for dialects whose answers repeat some of its members. */
  readonly parsed?: JsonObject;
}

/** What to change in the client's request before it is sent to a provider of the same dialect. */
export interface RequestEdits {
  /** What the provider calls the chosen model. */
  readonly model: string;
  /** Ask for usage in the stream even though the client did not. */
  readonly askUsage: boolean;
  /**
   * The provider's names for top-level members of the request; `null` for members that it rejects,
   * which are removed. If the client also wrote a member under the provider's name, that one is kept.
   */
  readonly renames?: Readonly<Record<string, string | null>>;
  /** The provider rejects the object `reasoning` and accepts `reasoning_effort` instead. */
  readonly effortAsString?: boolean;
  /** Parameters that the model rejects and that are removed; none if the client named the model itself. */
  readonly refusals?: readonly UnsupportedParams[];
  /** The efforts that the model supports, if the client did not choose the model; absent or `null` for no restriction. */
  readonly efforts?: readonly string[] | null;
  /** The provider rejects a schema for the answer, so the schema goes into the prompt. */
  readonly schemaInPrompt?: boolean;
}

/** What was learnt about an answer while it was forwarded. */
export interface AnswerSummary {
  /** `null` if the upstream reported no usage. */
  readonly usage: Usage | null;
  /** Input tokens, if reported before the answer: a stream that breaks off never reports `usage`. */
  readonly input?: Usage | null;
  /** The usage can be neither read nor estimated from the answer's length, since the answer is not text. */
  readonly unmeasured?: boolean;
  readonly finishReason: string | null;
  /** UTF-16 code units of answer text, tool arguments and reasoning; for estimating missing usage. */
  readonly outputChars: number;
  /** What the client's dialect cannot express; absent for nothing. */
  readonly lost?: readonly Loss[];
}

/** How to read an answer, and how to fill in what the provider leaves out. */
export interface AnswerOptions {
  /** The provider follows OpenAI's rules: its bytes are forwarded as they are unless something must change. */
  readonly trusted: boolean;
  /** The client wants usage in its stream. */
  readonly includeUsage: boolean;
  /** The model to name if the upstream names none: the gateway's `vendor/name`. */
  readonly model: string;
  /** Seconds since 1970, for answers without `created`. */
  readonly createdS: number;
  /** Unique per answer: ids that the provider leaves out are derived from it. */
  readonly seed: string;
  /** The request that is answered, for dialects whose answers repeat parts of it. */
  readonly request?: ChatRequest;
}

/**
 * Turns an upstream's stream into the client's stream. One per attempt.
 *
 * The concatenated output does not depend on how the input is chunked.
 */
export interface AnswerStream {
  /** @returns bytes to forward; often empty, and always empty once `failure` is set */
  push(chunk: Buffer): Buffer;
  /**
   * The upstream closed its side.
   *
   * Sets `failure` (`upstream_cut`) if the answer was not complete.
   *
   * @returns the bytes that end the client's stream, empty when `failure` is set
   */
  end(): Buffer;
  /** @returns the error event that ends an incomplete stream; never `[DONE]` */
  fail(error: GatewayError): Buffer;
  /** What went wrong inside the stream: an error event, broken framing, an early end. */
  readonly failure: GatewayError | null;
  /** The end of the answer has been read and returned; any further input is ignored. */
  readonly isComplete: boolean;
  /**
   * The finish reason has arrived, in a dialect without an explicit end of stream: if the connection breaks now, nothing
   * of the answer is lost.
   */
  readonly isAnswered: boolean;
  readonly summary: AnswerSummary;
}

/** A complete answer, ready for the client. */
export interface WholeAnswer {
  readonly body: Buffer;
  readonly summary: AnswerSummary;
}

/** The model that a translated request goes to: the properties that the translation depends on. */
export interface Target {
  /** What the provider calls it. */
  readonly model: string;
  readonly provider: string;
  /** The known provider whose API it is (another account or server of it); usually its own name. */
  readonly kind: string;
  /** Its output limit in tokens; `null` if unknown. */
  readonly maxOutputTokens: number | null;
  /** It is a reasoning model. */
  readonly canThink: boolean;
  /** The values of `reasoning_effort` that it accepts, in OpenAI's dialects; `null` if unknown. */
  readonly efforts: readonly string[] | null;
  /** Accepts `stream_options`. */
  readonly acceptsStreamOptions: boolean;
  /** The member that limits the answer's length; providers of the dialect differ. */
  readonly outputLimitMember: 'max_tokens' | 'max_completion_tokens';
  /** Accepts the reasoning of earlier turns, as `reasoning_content`. */
  readonly acceptsReasoning: boolean;
  /** Enforces a schema for the answer; providers of the dialect differ. */
  readonly supportsSchemas: boolean;
  readonly renames: Readonly<Record<string, string | null>>;
  /** Parameters that the model rejects although its dialect has them. */
  readonly refusals: readonly UnsupportedParams[];
  readonly onLoss: LossPolicy;
  /** Earlier reasoning for this caller, kept for clients that cannot send it back. */
  readonly memory: ReasoningMemory;
}

/** A request in the provider's dialect. */
export interface WrittenRequest {
  readonly body: Buffer;
  /** The tool whose arguments are the answer, for providers that support schemas only in tools; else `null`. */
  readonly answerTool: string | null;
}

/** How to read an answer that is translated to another dialect. */
export interface ReadOptions extends AnswerOptions {
  readonly answerTool: string | null;
}

/** The wire format of a stream that is not sent as server-sent events. */
export interface StreamFraming {
  readonly contentType: string;
  /** One per stream: `push` takes the bytes of events, split anywhere, and returns what is sent for them; `end` returns the rest. */
  open(): { push(bytes: Buffer): Buffer; end(): Buffer | null };
}

/** What providers of a dialect reject although the client's dialect allows it; the adapter rewrites requests to fit. */
export interface ProviderLimits {
  /** Matches the tool names that they accept; absent if they accept any. */
  readonly toolNamePattern?: RegExp;
  /** Whether the root of an answer's schema must be an object; absent if any schema is accepted. */
  readonly requiresObjectRoot?: (target: Target, schema: JsonObject) => boolean;
  /** System prompts must be text only; absent if they may contain images and documents. */
  readonly requiresTextSystem?: boolean;
}

/** The provider side of a wire protocol: requests are written in it, answers are read from it. */
export interface ProviderDialect {
  readonly name: DialectName;

  /** Absent if there are none. */
  readonly limits?: ProviderLimits;

  /** @throws {GatewayError} `invalid_request` for what cannot be expressed, if `losses` refuses to drop it */
  writeRequest(request: NeutralRequest, target: Target, losses: Losses): WrittenRequest;

  /** Reads a complete answer. @throws {GatewayError} as `readAnswer` */
  readEvents(body: Buffer, reading: ReadOptions): AnswerEvent[];

  /** Reads a streamed answer. */
  openReader(reading: ReadOptions, emit: Emit): EventReader;

  /**
   * Converts an upstream's error response to a `GatewayError`.
   *
   * @param body - at most the first 64 KiB; any content type, HTML included
   * @param retryAfter - the header as sent, or `undefined`
   */
  readError(status: number, body: Buffer, retryAfter: string | undefined): GatewayError;
}

/** The client side of a wire protocol: requests are read from it, answers are written in it. */
export interface ClientDialect {
  readonly name: ClientDialectName;

  /** @throws {GatewayError} `invalid_json` or `invalid_request`, naming the field */
  readRequest(body: Buffer, headers?: RequestHeaders): ChatRequest;

  writeAnswer(events: readonly AnswerEvent[], rules: AnswerOptions): Buffer;

  openWriter(rules: AnswerOptions): EventWriter;

  /** Which parts of an answer the dialect cannot express. */
  readonly unsupportedPart: FindUnsupportedPart;

  /** An error as the body of a reply in this dialect. */
  readonly writeError: (error: GatewayError) => string;

  /** A token count as the body of a reply; if absent, Anthropic's format is used. */
  readonly writeCount?: (inputTokens: number) => string;

  /** Absent if streams are sent as server-sent events. */
  readonly streamFraming?: StreamFraming;

  /** How its answers are cached and replayed. */
  readonly forms: CacheCodec;
}

/** A request without other vendors' reasoning. */
export interface StrippedRequest {
  /** The same buffer if there was none. */
  readonly body: Buffer;
  readonly dropped: readonly Loss[];
}

/** A wire protocol that both clients and providers speak. */
export interface Dialect extends ProviderDialect, ClientDialect {
  readonly name: ClientDialectName & DialectName;

  /**
   * The client's bytes without the reasoning of other vendors' models, which the provider would reject; absent if it accepts any.
   *
   * @param lacksThinking - `thinking` has already been removed from the request
   */
  stripForeignReasoning?(body: Buffer, lacksThinking: boolean): StrippedRequest;

  /**
   * The client's bytes with the answer's schema moved to the prompt, for providers that support none; the same buffer if
   * there is no schema. Absent if the providers of the dialect do not differ in this.
   *
   * @throws {GatewayError} `invalid_request` if nothing may be dropped
   */
  putSchemaInPrompt?: (body: Buffer, losses: Losses) => Buffer;

  /** The client's bytes with only the edits applied. */
  editRequest(request: ChatRequest, edits: RequestEdits): Buffer;

  /** @throws {GatewayError} `upstream_failed` if the body is not an answer, or is an error inside a 200 */
  readAnswer(body: Buffer, rules: AnswerOptions): WholeAnswer;

  openStream(rules: AnswerOptions): AnswerStream;
}
