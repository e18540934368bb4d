import type { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { JsonObject } from '../json.js';
import type { Vendor } from './part.js';

/** Why an answer ended. Any other reason for a completed answer is `stop`. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** A source that the answer cites. */
export interface Citation {
  /** `null` for a document of the conversation. */
  readonly url: string | null;
  readonly title: string | null;
  readonly citedText: string | null;
  /** As the provider wrote it. */
  readonly native: JsonObject;
}

/** The kinds of content that a dialect may be unable to express: a closed set, for metrics. */
export type AnswerPart =
  | 'audio'
  | 'choices'
  | 'citations'
  | 'images'
  | 'logprobs'
  | 'other'
  | 'reasoning'
  | 'server_tools'
  | 'service_tier';

interface OfChoice {
  /** From 0. */
  readonly choice: number;
}

/**
 * A piece of an answer, independent of any dialect.
 *
 * An answer is `start`, then content, one `finish` per choice, and `usage` and `tier` anywhere after `start`; of several
 * usages and tiers the last one counts. A complete answer is the same sequence of events, all at once.
 */
export type AnswerEvent =
  | {
      readonly kind: 'start';
      readonly id: string | null;
      readonly model: string | null;
      /** Seconds since 1970. */
      readonly createdS: number | null;
      /** Input tokens, if they are reported before the answer; the output counts in it are meaningless. */
      readonly input?: Usage | null;
    }
  | (OfChoice & { readonly kind: 'text' | 'refusal'; readonly text: string })
  | (OfChoice & { readonly kind: 'citation'; readonly citation: Citation })
  | (OfChoice & { readonly kind: 'reasoning'; readonly text: string })
  /** Ends a reasoning block. */
  | (OfChoice & {
      readonly kind: 'signature';
      readonly signature: string;
      readonly vendor: Vendor;
    })
  /** A whole reasoning block that only its vendor can read. */
  | (OfChoice & { readonly kind: 'redacted'; readonly data: string })
  /** A tool call begins; `call` counts from 0 in each choice. */
  | (OfChoice & {
      readonly kind: 'call';
      readonly call: number;
      readonly id: string;
      readonly name: string;
    })
  | (OfChoice & { readonly kind: 'arguments'; readonly call: number; readonly text: string })
  /** A generated image: a `data:` URL, or its address. */
  | (OfChoice & { readonly kind: 'image'; readonly url: string })
  /** Content that cannot be expressed outside the provider's dialect. */
  | (OfChoice & { readonly kind: 'lost'; readonly part: AnswerPart })
  /** In OpenAI's format. */
  | (OfChoice & { readonly kind: 'logprobs'; readonly logprobs: JsonObject })
  | (OfChoice & {
      readonly kind: 'finish';
      readonly reason: FinishReason;
      /** The stop sequence that ended the answer. */
      readonly stopSequence: string | null;
      /** The provider's name for the reason. */
      readonly native: string | null;
    })
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** The service tier, by OpenAI's names (`default`, `flex`, `priority`); `null` for one that OpenAI has no name for. */
  | { readonly kind: 'tier'; readonly tier: string | null };

/** Receives events in order. */
export type Emit = (event: AnswerEvent) => void;

/** Decodes an upstream's stream into events, which do not depend on how the bytes are chunked. */
export interface EventReader {
  /** @throws {GatewayError} for an error in the stream, and for broken framing */
  push(chunk: Buffer): void;
  /**
   * The upstream closed its side.
   *
   * @throws {GatewayError} `upstream_cut` if the answer is not complete
   */
  end(): void;
  /** All events have been emitted; any further input is ignored. */
  readonly isComplete: boolean;
  /** As in `AnswerStream`; absent if the dialect marks the end of a stream. */
  readonly isAnswered?: boolean;
}

/** Encodes events as a stream in the client's dialect. */
export interface EventWriter {
  add(event: AnswerEvent): void;
  /** All events were added. */
  finish(): void;
  /** @returns the bytes since the last call */
  take(): Buffer;
  /** @returns the error event that ends an incomplete stream */
  fail(error: GatewayError): Buffer;
}

/** UTF-16 code units of model output in an event: text, reasoning, refusals, tool names and arguments. */
export function writtenChars(event: AnswerEvent): number {
  switch (event.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
    case 'arguments':
      return event.text.length;
    case 'call':
      return event.name.length;
    default:
      return 0;
  }
}
