import { objectOrEmpty, type JsonObject } from '../json.js';
import { parsedObject, readDataUrl } from '../json-members.js';
import type { AnswerEvent, Citation } from '../neutral/event.js';
import { encodeLogprobs } from './logprobs.js';
import { PLACEHOLDER_SIGNATURE, encodeSignature } from './signature.js';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

interface Call {
  readonly id: string;
  readonly name: string;
  /** Gemini's signature of the reasoning before it. */
  readonly proof: string | null;
  arguments: string;
}

/** Google's finish reasons for a withheld answer, which the provider may have sent. */
export const FILTERED_REASONS =
  /^(SAFETY|RECITATION|LANGUAGE|BLOCKLIST|PROHIBITED_CONTENT|SPII|MODEL_ARMOR|IMAGE_[A-Z_]+)$/;

/** Encodes the events of one candidate as parts, streamed or whole. */
export class CandidateEncoder {
  readonly index: number;
  readonly #hidesReasoning: boolean;
  /** Calls are written at the end: in this dialect their arguments are one object, and they may be streamed in parallel. */
  readonly #calls = new Map<number, Call>();
  readonly #sources: JsonObject[] = [];
  readonly #logprobs: JsonObject[] = [];
  #signature: string | null = null;
  #refused = false;
  #finish: Finish | null = null;

  constructor(index: number, hidesReasoning: boolean) {
    this.index = index;
    this.#hidesReasoning = hidesReasoning;
  }

  /** @returns the part for an event; `null` if there is none, or only at the end */
  partOf(event: AnswerEvent): JsonObject | null {
    switch (event.kind) {
      case 'refusal':
        this.#refused = true;
        return { text: event.text };
      case 'text':
        return { text: event.text };
      case 'image':
        return imagePart(event.url);
      case 'reasoning':
        return this.#hidesReasoning ? null : { text: event.text, thought: true };
      case 'signature':
        return this.#signaturePart(event);
      case 'redacted':
        return this.#reasoningPart({ signature: null, redacted: event.data, vendor: 'anthropic' });
      default:
        this.#collect(event);
        return null;
    }
  }

  /** The parts at the end: calls, or an empty text, since clients expect at least one part. */
  closingParts(): JsonObject[] {
    const parts = [...this.#calls.values()].map(({ id, name, proof, arguments: text }, i) => {
      const args = text.trim() === '' ? {} : (parsedObject(text) ?? { arguments: text });
      // Gemini requires a signature with the first call, and the next turn may go there.
      const signature = proof ?? (i === 0 ? PLACEHOLDER_SIGNATURE : null);
      return {
        functionCall: { id, name, args },
        ...(signature !== null && { thoughtSignature: signature }),
      };
    });
    return parts.length > 0 ? parts : [{ text: '' }];
  }

  /** The members of the candidate besides its content. */
  closing(): JsonObject {
    return {
      finishReason: this.#reason(),
      index: this.index,
      ...(this.#sources.length > 0 && { groundingMetadata: { groundingChunks: this.#sources } }),
      ...(this.#logprobs.length > 0 && { logprobsResult: encodeLogprobs(this.#logprobs) }),
    };
  }

  #collect(event: AnswerEvent): void {
    switch (event.kind) {
      case 'call': {
        const { id, name, call } = event;
        this.#calls.set(call, { id, name, proof: this.#signature, arguments: '' });
        this.#signature = null;
        return;
      }
      case 'arguments': {
        const call = this.#calls.get(event.call);
        if (call !== undefined) call.arguments += event.text;
        return;
      }
      case 'citation':
        this.#sources.push(sourceOf(event.citation));
        return;
      case 'logprobs':
        this.#logprobs.push(event.logprobs);
        return;
      case 'finish':
        this.#finish = event;
        return;
      default:
    }
  }

  #signaturePart({
    signature,
    vendor,
  }: Extract<AnswerEvent, { kind: 'signature' }>): JsonObject | null {
    if (vendor !== 'gemini') return this.#reasoningPart({ signature, redacted: null, vendor });
    this.#signature = signature;
    return null;
  }

  #reasoningPart(proof: Parameters<typeof encodeSignature>[0]): JsonObject | null {
    if (this.#hidesReasoning) return null;
    return { text: '', thought: true, thoughtSignature: encodeSignature(proof) };
  }

  #reason(): string {
    const { reason = 'stop', native = null } = this.#finish ?? {};
    if (reason === 'length') return 'MAX_TOKENS';
    if (reason === 'content_filter' || this.#refused) {
      return native !== null && FILTERED_REASONS.test(native) ? native : 'SAFETY';
    }
    return 'STOP';
  }
}

function imagePart(url: string): JsonObject {
  const image = readDataUrl(url);
  if (image === null) return { fileData: { fileUri: url } };
  return { inlineData: { mimeType: image.mediaType, data: image.base64 } };
}

/** A citation in Google's format; as it is if it is already in that format. */
function sourceOf({ url, title, citedText, native }: Citation): JsonObject {
  if (typeof objectOrEmpty(native['web'])['uri'] === 'string') return native;
  if (url !== null) return { web: { uri: url, title: title ?? url } };
  return { retrievedContext: { title: title ?? '', text: citedText ?? '' } };
}
