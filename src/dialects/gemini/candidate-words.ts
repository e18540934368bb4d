import { objectOrEmpty, type JsonObject } from '../json.js';
import { parsedObject, readDataUrl } from '../json-members.js';
import type { AnswerEvent, Citation } from '../neutral/event.js';
import { writtenLogprobs } from './logprobs.js';
import { NO_PROOF, shownProof } from './proof.js';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

interface Call {
  readonly id: string;
  readonly name: string;
  /** Gemini's own proof of the thought before it. */
  readonly proof: string | null;
  arguments: string;
}

/** Google's reasons for withholding an answer; a provider that speaks its dialect may have given them. */
export const FILTERED =
  /^(SAFETY|RECITATION|LANGUAGE|BLOCKLIST|PROHIBITED_CONTENT|SPII|MODEL_ARMOR|IMAGE_[A-Z_]+)$/;

/** Says the events of one candidate in Google's words, whether piece by piece or all at once. */
export class CandidateWords {
  readonly index: number;
  readonly #hidesThoughts: boolean;
  /** Calls are said at the end: their arguments are one object here, and may come side by side. */
  readonly #calls = new Map<number, Call>();
  readonly #sources: JsonObject[] = [];
  readonly #logprobs: JsonObject[] = [];
  #proof: string | null = null;
  #refused = false;
  #finish: Finish | null = null;

  constructor(index: number, hidesThoughts: boolean) {
    this.index = index;
    this.#hidesThoughts = hidesThoughts;
  }

  /** @returns the part that says the event; `null` where none does, or only the end will */
  partOf(event: AnswerEvent): JsonObject | null {
    switch (event.kind) {
      case 'refusal':
        this.#refused = true;
        return { text: event.text };
      case 'text':
        return { text: event.text };
      case 'image':
        return pictureOf(event.url);
      case 'reasoning':
        return this.#hidesThoughts ? null : { text: event.text, thought: true };
      case 'signature':
        return this.#proven(event);
      case 'redacted':
        return this.#thought({ signature: null, redacted: event.data, vendor: 'anthropic' });
      default:
        this.#note(event);
        return null;
    }
  }

  /** What is said at the end: calls, or an empty text, since clients look for a part in any case. */
  closingParts(): JsonObject[] {
    const parts = [...this.#calls.values()].map(({ id, name, proof, arguments: text }, i) => {
      const args = text.trim() === '' ? {} : (parsedObject(text) ?? { arguments: text });
      // With the first call Gemini wants a proof back, wherever the next turn goes.
      const signature = proof ?? (i === 0 ? NO_PROOF : null);
      return {
        functionCall: { id, name, args },
        ...(signature !== null && { thoughtSignature: signature }),
      };
    });
    return parts.length > 0 ? parts : [{ text: '' }];
  }

  /** The members of the candidate beside its content. */
  closing(): JsonObject {
    return {
      finishReason: this.#reason(),
      index: this.index,
      ...(this.#sources.length > 0 && { groundingMetadata: { groundingChunks: this.#sources } }),
      ...(this.#logprobs.length > 0 && { logprobsResult: writtenLogprobs(this.#logprobs) }),
    };
  }

  #note(event: AnswerEvent): void {
    switch (event.kind) {
      case 'call': {
        const { id, name, call } = event;
        this.#calls.set(call, { id, name, proof: this.#proof, arguments: '' });
        this.#proof = null;
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

  #proven({ signature, vendor }: Extract<AnswerEvent, { kind: 'signature' }>): JsonObject | null {
    if (vendor !== 'gemini') return this.#thought({ signature, redacted: null, vendor });
    this.#proof = signature;
    return null;
  }

  #thought(proof: Parameters<typeof shownProof>[0]): JsonObject | null {
    if (this.#hidesThoughts) return null;
    return { text: '', thought: true, thoughtSignature: shownProof(proof) };
  }

  #reason(): string {
    const { reason = 'stop', native = null } = this.#finish ?? {};
    if (reason === 'length') return 'MAX_TOKENS';
    if (reason === 'content_filter' || this.#refused) {
      return native !== null && FILTERED.test(native) ? native : 'SAFETY';
    }
    return 'STOP';
  }
}

function pictureOf(url: string): JsonObject {
  const image = readDataUrl(url);
  if (image === null) return { fileData: { fileUri: url } };
  return { inlineData: { mimeType: image.mediaType, data: image.base64 } };
}

/** Where something is from, in Google's words; its own words where they are Google's. */
function sourceOf({ url, title, citedText, native }: Citation): JsonObject {
  if (typeof objectOrEmpty(native['web'])['uri'] === 'string') return native;
  if (url !== null) return { web: { uri: url, title: title ?? url } };
  return { retrievedContext: { title: title ?? '', text: citedText ?? '' } };
}
