import type { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { JsonObject } from '../json.js';
import type { Vendor } from './part.js';

/** Why an answer ended. A way of being done that is none of these is `stop`. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** Where something in the answer is from. */
export interface Citation {
  /** `null` for a document of the conversation. */
  readonly url: string | null;
  readonly title: string | null;
  readonly citedText: string | null;
  /** In the provider's own words. */
  readonly native: JsonObject;
}

/** What an answer may have that a dialect has no place for: a closed set, for metrics. */
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
 * One step of an answer, free of any dialect.
 *
 * An answer is `start`, then content, one `finish` per choice, and `usage` and `tier` anywhere after `start`;
 * of several usages and tiers the last counts. A whole answer is the same events, all at once.
 */
export type AnswerEvent =
  | {
      readonly kind: 'start';
      readonly id: string | null;
      readonly model: string | null;
      /** Seconds since 1970. */
      readonly createdS: number | null;
      /** Tokens of the input, where they are told ahead of the answer; of what is told of the output then nothing counts. */
      readonly input?: Usage | null;
    }
  | (OfChoice & { readonly kind: 'text' | 'refusal'; readonly text: string })
  | (OfChoice & { readonly kind: 'citation'; readonly citation: Citation })
  | (OfChoice & { readonly kind: 'reasoning'; readonly text: string })
  /** Ends a thought. */
  | (OfChoice & {
      readonly kind: 'signature';
      readonly signature: string;
      readonly vendor: Vendor;
    })
  /** A whole thought that only its vendor can read. */
  | (OfChoice & { readonly kind: 'redacted'; readonly data: string })
  /** A tool call begins; `call` counts from 0 in each choice. */
  | (OfChoice & {
      readonly kind: 'call';
      readonly call: number;
      readonly id: string;
      readonly name: string;
    })
  | (OfChoice & { readonly kind: 'arguments'; readonly call: number; readonly text: string })
  /** What the model drew: a `data:` URL, or where it is. */
  | (OfChoice & { readonly kind: 'image'; readonly url: string })
  /** Something that was said and that has no word outside the provider's dialect. */
  | (OfChoice & { readonly kind: 'lost'; readonly part: AnswerPart })
  /** In OpenAI's form, which is the only one there is. */
  | (OfChoice & { readonly kind: 'logprobs'; readonly logprobs: JsonObject })
  | (OfChoice & {
      readonly kind: 'finish';
      readonly reason: FinishReason;
      /** The stop sequence that ended the answer. */
      readonly stopSequence: string | null;
      /** What the provider calls the reason. */
      readonly native: string | null;
    })
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** What the answer was served as, in OpenAI's words (`default`, `flex`, `priority`); `null` for a word of the provider's own. */
  | { readonly kind: 'tier'; readonly tier: string | null };

/** Takes events in order. */
export type Emit = (event: AnswerEvent) => void;

/** Reads one upstream's stream for another dialect; any chunking gives the same events. */
export interface EventReader {
  /** @throws {GatewayError} for what the upstream says in its stream, and for broken framing */
  push(chunk: Buffer): void;
  /**
   * The upstream closed its side.
   *
   * @throws {GatewayError} `upstream_cut` if the answer is not complete
   */
  end(): void;
  /** All events have been emitted; nothing more is read. */
  readonly isComplete: boolean;
  /** As of an `AnswerStream`; absent where a word tells the end of a stream. */
  readonly isAnswered?: boolean;
}

/** Writes a stream in the client's dialect. */
export interface EventWriter {
  add(event: AnswerEvent): void;
  /** All events were added. */
  finish(): void;
  /** @returns the bytes since the last call */
  take(): Buffer;
  /** @returns the error event that ends a stream which cannot be completed */
  fail(error: GatewayError): Buffer;
}

/** UTF-16 units that the model wrote in one step: text, reasoning, refusals, names and arguments. */
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
