import type { Conversation } from '../core/conversation.js';
import type { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import type { Usage } from '../core/usage.js';
import type { AnswerForms } from './answer-forms.js';
import type { JsonObject } from './json.js';
import type { AnswerEvent, Emit, EventReader, EventWriter } from './neutral/event.js';
import type { Unsayable } from './neutral/answer-losses.js';
import type { Loss, LossPolicy, Losses } from './neutral/losses.js';
import type { NeutralRequest } from './neutral/request.js';
import type { ThoughtMemory } from './neutral/thought-store.js';
import type { Refusal } from './refusal.js';
import type { RouteTerms } from './route-terms.js';

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
  /** The client has not asked to be shown what the model thinks, and its dialect shows it only then. */
  readonly hidesThoughts?: boolean;
  /** The client's own labels (`metadata` in OpenAI's dialect); strings by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The conversation, made on the first call and kept: a fixed model never needs it. */
  readonly conversation: () => Conversation;
  /** Everything the client asks for, made anew: only a provider of another dialect needs it. */
  readonly neutral: () => NeutralRequest;
  /** Headers for a provider of the same dialect, names and values in turn; absent for none. */
  readonly forwarded?: readonly string[];
  /** Whom the client wants to be answered by, beyond `model`; `null` or absent where it does not say. */
  readonly terms?: RouteTerms | null;
  /** The names of the body's members; absent where nobody has looked. */
  readonly names?: readonly string[];
  /** The body's members, where answers in the dialect repeat some of them. */
  readonly parsed?: JsonObject;
}

/** What the upstream is to get instead of what the client sent. */
export interface RequestEdits {
  /** What the provider calls the chosen model. */
  readonly model: string;
  /** Ask for usage in the stream although the client did not. */
  readonly askUsage: boolean;
  /**
   * What the provider calls top-level members of the request; `null` for those that it refuses,
   * which are left out. Where the client also wrote the provider's own name, that one counts.
   */
  readonly renames?: Readonly<Record<string, string | null>>;
  /** The provider refuses `reasoning`, the object, and takes `reasoning_effort`. */
  readonly effortByName?: boolean;
  /** What the model refuses and is not to be told; none where the client named the model itself. */
  readonly refusals?: readonly Refusal[];
  /** The efforts that the model knows, where the client did not choose it; absent where nothing has to be kept to. */
  readonly efforts?: readonly string[] | null;
  /** The provider refuses a schema for its answer, and is to be told it by the prompt. */
  readonly tellsSchema?: boolean;
}

/** What was learnt of an answer while it passed. */
export interface AnswerSummary {
  /** `null` when the upstream told no usage. */
  readonly usage: Usage | null;
  /** Tokens of the input, where they were told ahead of the answer: of one that broke off, `usage` is not. */
  readonly input?: Usage | null;
  /** Nothing tells what was used, not even the answer's length: it is no text. */
  readonly unmeasured?: boolean;
  readonly finishReason: string | null;
  /** UTF-16 units of answer text, tool arguments and reasoning; for estimating missing usage. */
  readonly outputChars: number;
  /** What the client's dialect had no place for; absent for nothing. */
  readonly lost?: readonly Loss[];
}

/** How far answers of a provider can be trusted to keep the dialect's own rules. */
export interface AnswerRules {
  /** The provider keeps OpenAI's rules: its bytes are passed on where nothing must change. */
  readonly trusted: boolean;
  /** The client wants usage in its stream. */
  readonly includeUsage: boolean;
  /** The model to name where the upstream names none: the gateway's `vendor/name`. */
  readonly model: string;
  /** Seconds since 1970, for answers that carry no `created`. */
  readonly createdS: number;
  /** Another for every answer: what ids are made of that the provider leaves out. */
  readonly seed: string;
  /** What is answered, for dialects that repeat some of it. */
  readonly request?: ChatRequest;
}

/**
 * Turns one upstream's stream into the stream the client should get. One per attempt.
 *
 * Any chunking of the same bytes gives the same bytes out, joined.
 */
export interface AnswerStream {
  /** @returns bytes to send on; often empty, and empty for good once `failure` is set */
  push(chunk: Buffer): Buffer;
  /**
   * The upstream closed its side.
   *
   * Sets `failure` (`upstream_cut`) if the answer was not complete.
   *
   * @returns the bytes that end the client's stream, empty when `failure` is set
   */
  end(): Buffer;
  /** @returns the error event that ends a stream which cannot be completed; never `[DONE]` */
  fail(error: GatewayError): Buffer;
  /** What went wrong inside the stream: an error event, broken framing, an early end. */
  readonly failure: GatewayError | null;
  /** The answer's end has been read, and its bytes given out: nothing that may still come is looked at. */
  readonly isComplete: boolean;
  /**
   * Why the answer ended has been told, in a dialect that has no word for the end of a stream: one that breaks off now
   * has lost nothing of it.
   */
  readonly isAnswered: boolean;
  readonly summary: AnswerSummary;
}

/** A complete answer, ready for the client. */
export interface WholeAnswer {
  readonly body: Buffer;
  readonly summary: AnswerSummary;
}

/** The model that a translated request goes to, as far as the words depend on it. */
export interface Target {
  /** What the provider calls it. */
  readonly model: string;
  readonly provider: string;
  /** The known provider that it is another account or server of; as a rule its own name. */
  readonly kind: string;
  /** Most tokens it writes; `null` when unknown. */
  readonly maxOutputTokens: number | null;
  /** It can think before it answers. */
  readonly canThink: boolean;
  /** The words for effort that it knows, in OpenAI's dialects; `null` where nobody knows. */
  readonly efforts: readonly string[] | null;
  /** Takes `stream_options`. */
  readonly usageOption: boolean;
  /** The member that bounds the answer's length, where providers of the dialect differ. */
  readonly outputCap: 'max_tokens' | 'max_completion_tokens';
  /** Takes what its models thought in earlier turns back, as `reasoning_content`. */
  readonly takesThoughts: boolean;
  /** Keeps to a schema for its answer, where providers of the dialect differ. */
  readonly schemas: boolean;
  readonly renames: Readonly<Record<string, string | null>>;
  /** What the model refuses although its dialect has it. */
  readonly refusals: readonly Refusal[];
  readonly onLoss: LossPolicy;
  /** What this caller's models thought before, where the client has no place for it. */
  readonly memory: ThoughtMemory;
}

/** A request in the words of a provider. */
export interface WrittenRequest {
  readonly body: Buffer;
  /** A tool that stands for the answer's text, where the provider has no other way to a schema. */
  readonly answerTool: string | null;
}

/** How an answer is to be read for another dialect. */
export interface Reading extends AnswerRules {
  readonly answerTool: string | null;
}

/** How a stream goes over the wire where it is not sent as events. */
export interface StreamForm {
  readonly contentType: string;
  /** One per stream; takes events, whole or broken, and gives what is sent for them; `null` for nothing more. */
  open(): { push(bytes: Buffer): Buffer; end(): Buffer | null };
}

/** What providers refuse of a request that its own dialect leaves free; a passage sees to it. */
export interface Limits {
  /** Matches names of tools that they take; absent where any is taken. */
  readonly toolName?: RegExp;
  /** Whether an answer to such a schema has to be an object; absent where anything is taken. */
  readonly objectRoot?: (target: Target, schema: JsonObject) => boolean;
  /** System prompts are text; absent where they may show pictures and documents. */
  readonly textSystem?: boolean;
}

/** What is needed of a wire protocol to ask a provider that speaks it for a client that does not. */
export interface ProviderDialect {
  readonly name: DialectName;

  /** Absent where anything is taken. */
  readonly limits?: Limits;

  /** @throws {GatewayError} `invalid_request` for what cannot be said, if `losses` refuses it */
  writeRequest(request: NeutralRequest, target: Target, losses: Losses): WrittenRequest;

  /** @throws {GatewayError} as `readAnswer` */
  readEvents(body: Buffer, reading: Reading): AnswerEvent[];

  openReader(reading: Reading, emit: Emit): EventReader;

  /**
   * Makes an upstream's error answer one of ours.
   *
   * @param body - at most the first 64 KiB; any content type, HTML included
   * @param retryAfter - the header as sent, or `undefined`
   */
  readError(status: number, body: Buffer, retryAfter: string | undefined): GatewayError;
}

/** What is needed of a wire protocol to answer a client that speaks it. */
export interface ClientDialect {
  readonly name: ClientDialectName;

  /** @throws {GatewayError} `invalid_json` or `invalid_request`, naming the field */
  readRequest(body: Buffer, headers?: RequestHeaders): ChatRequest;

  writeAnswer(events: readonly AnswerEvent[], rules: AnswerRules): Buffer;

  openWriter(rules: AnswerRules): EventWriter;

  /** What of an answer its writers leave out. */
  readonly unsayable: Unsayable;

  /** An error as the body of a reply in this dialect. */
  readonly writeError: (error: GatewayError) => string;

  /** A count of tokens as the body of a reply; without it Anthropic's words are used. */
  readonly writeCount?: (inputTokens: number) => string;

  /** Absent where streams are sent as events. */
  readonly streamForm?: StreamForm;

  /** How its answers are kept and given again. */
  readonly forms: AnswerForms;
}

/** A request without what belongs to other vendors. */
export interface OwnPart {
  /** The same bytes where there is nothing of the kind. */
  readonly body: Buffer;
  readonly dropped: readonly Loss[];
}

/** Everything the gateway needs of a wire protocol that clients and providers speak. */
export interface Dialect extends ProviderDialect, ClientDialect {
  readonly name: ClientDialectName & DialectName;

  /**
   * The client's bytes without thoughts of other vendors' models, which the provider would refuse; absent where it takes any.
   *
   * @param lacksThinking - what was asked of thinking has been left out already
   */
  ownThoughts?(body: Buffer, lacksThinking: boolean): OwnPart;

  /**
   * The client's bytes with a schema for the answer in the prompt, for providers that keep none; the same bytes where there
   * is no schema. Absent where all providers of the dialect do as they do.
   *
   * @throws {GatewayError} `invalid_request` where nothing may be left out
   */
  tellSchema?: (body: Buffer, losses: Losses) => Buffer;

  /** The client's bytes with only what must change replaced. */
  editRequest(request: ChatRequest, edits: RequestEdits): Buffer;

  /** @throws {GatewayError} `upstream_failed` if the body is no answer, or an error in a 200 */
  readAnswer(body: Buffer, rules: AnswerRules): WholeAnswer;

  openStream(rules: AnswerRules): AnswerStream;
}
