import { exactJson } from '../exact-json.js';
import { GatewayError } from '../../core/errors.js';
import {
  isObject,
  lookup,
  objectOrEmpty,
  objectsIn,
  textOrNull,
  type JsonObject,
} from '../json.js';
import { numberOr } from '../json-members.js';
import type { Citation, Emit, FinishReason } from '../neutral/event.js';
import { callId } from '../openai/identity.js';
import { mediaIn, sourcesOf } from './sources.js';
import { decodeLogprobs } from './logprobs.js';
import { PartialArguments, argumentsJson } from './partial-arguments.js';
import { readUsage } from './usage.js';

/** Finish reasons by name, and by the numbers that Vertex sends for some of them. */
const REASONS = lookup<FinishReason>({
  MAX_TOKENS: 'length',
  2: 'length',
  SAFETY: 'content_filter',
  3: 'content_filter',
  RECITATION: 'content_filter',
  4: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
});

/** OpenAI's names for service tiers. */
const TIERS = lookup({ standard: 'default', flex: 'flex', priority: 'priority' });

/** The state of one candidate. */
interface Candidate {
  calls: number;
  /** It has output other than reasoning. */
  hasOutput: boolean;
  /** The arguments of a call that is still being streamed in pieces. */
  open: PartialArguments | null;
  finish: string | null;
  /** The provider's explanation of the finish reason. */
  finishMessage: string | null;
}

/** Decodes the responses of an answer into events, streamed or a single one. */
export class AnswerDecoder {
  readonly #emit: Emit;
  readonly #seed: string;
  readonly #candidates = new Map<number, Candidate>();
  readonly #cited = new Set<string>();
  #started = false;
  #lastTier: string | null = null;

  /** @param seed - unique per answer; missing ids are derived from it */
  constructor(emit: Emit, seed: string) {
    this.#emit = emit;
    this.#seed = seed;
  }

  /** At least one candidate began, and all that began have a finish reason. */
  get isFinished(): boolean {
    const all = [...this.#candidates.values()];
    return all.length > 0 && all.every(({ finish }) => finish !== null);
  }

  decode(response: JsonObject): void {
    if (!this.#started) this.#start(response);
    // Every response contains the usage so far, so it is known even if the client disconnects.
    const usage = readUsage(response['usageMetadata']);
    if (usage !== null) this.#emit({ kind: 'usage', usage });
    this.#tier(objectOrEmpty(response['usageMetadata'])['serviceTier']);
    objectsIn(response['candidates']).forEach((candidate, i) => {
      this.#candidate(candidate, numberOr(candidate['index'], i));
    });
    const blocked = textOrNull(objectOrEmpty(response['promptFeedback'])['blockReason']);
    if (blocked !== null) this.#stateOf(0).finish ??= blocked;
  }

  /** The error for an answer with no output except a malformed call, which would otherwise look complete; `null` if there is none. */
  get failure(): GatewayError | null {
    const all = [...this.#candidates.values()];
    const [first] = all.filter(({ finish }) => isMalformedCall(finish));
    if (first === undefined || all.some(({ hasOutput }) => hasOutput)) return null;
    const why = first.finishMessage?.slice(0, MAX_MESSAGE_CHARS) ?? 'no reason given';
    return new GatewayError(
      'upstream_failed',
      `The model produced an invalid tool call (${first.finish ?? ''}): ${why}`,
    );
  }

  /** Emits the finish events at the end of an answer. */
  end(): void {
    for (const [choice, candidate] of this.#candidates) {
      this.#closeCall(candidate, choice);
      const native = candidate.finish ?? 'STOP';
      const isBlocked = !(native in REASONS) && !isNormalEnd(native);
      const reason = REASONS[native] ?? (isBlocked ? 'content_filter' : 'stop');
      // Gemini has no finish reason for calls.
      const hasCalls = candidate.calls > 0 && reason === 'stop';
      this.#emit({
        kind: 'finish',
        choice,
        reason: hasCalls ? 'tool_calls' : reason,
        stopSequence: null,
        native,
      });
    }
  }

  #start(response: JsonObject): void {
    const id = textOrNull(response['responseId']);
    this.#started = true;
    const model = textOrNull(response['modelVersion']);
    this.#emit({ kind: 'start', id, model, createdS: null });
  }

  /** Emits the tier once: every response repeats it. */
  #tier(value: unknown): void {
    const tierName = textOrNull(value)?.toLowerCase() ?? null;
    if (tierName === null || tierName === this.#lastTier) return;
    this.#lastTier = tierName;
    this.#emit({ kind: 'tier', tier: TIERS[tierName] ?? null });
  }

  #stateOf(choice: number): Candidate {
    const known = this.#candidates.get(choice) ?? {
      calls: 0,
      hasOutput: false,
      open: null,
      finish: null,
      finishMessage: null,
    };
    this.#candidates.set(choice, known);
    return known;
  }

  #candidate(candidate: JsonObject, choice: number): void {
    const known = this.#stateOf(choice);
    for (const part of objectsIn(objectOrEmpty(candidate['content'])['parts'])) {
      this.#part(part, known, choice);
    }
    for (const citation of sourcesOf(candidate)) this.#cite(citation, choice);
    const logprobs = decodeLogprobs(objectOrEmpty(candidate['logprobsResult']));
    if (logprobs !== null) this.#emit({ kind: 'logprobs', choice, logprobs });
    const { finishReason } = candidate;
    if (typeof finishReason === 'number') known.finish = String(finishReason);
    else known.finish = textOrNull(finishReason) ?? known.finish;
    known.finishMessage = textOrNull(candidate['finishMessage']) ?? known.finishMessage;
  }

  #part(part: JsonObject, known: Candidate, choice: number): void {
    const text = textOrNull(part['text']);
    if (text !== null) {
      known.hasOutput ||= part['thought'] !== true;
      this.#emit({ kind: part['thought'] === true ? 'reasoning' : 'text', choice, text });
    }
    const media = mediaIn(part, choice);
    if (media !== null) {
      known.hasOutput = true;
      this.#emit(media);
    }
    if (isObject(part['functionCall'])) {
      this.#call(part['functionCall'], textOrNull(part['thoughtSignature']), known, choice);
    }
  }

  #call(
    functionCall: JsonObject,
    signature: string | null,
    known: Candidate,
    choice: number,
  ): void {
    const name = textOrNull(functionCall['name']);
    if (name !== null) {
      this.#closeCall(known, choice);
      // The signature of the preceding reasoning, which must be sent back with the call.
      if (signature !== null)
        this.#emit({ kind: 'signature', choice, signature, vendor: 'gemini' });
      known.hasOutput = true;
      const call = known.calls++;
      const id = textOrNull(functionCall['id']) ?? callId(this.#seed, choice, call);
      this.#emit({ kind: 'call', choice, call, id, name });
      if (isObject(functionCall['args']))
        this.#arguments(exactJson(functionCall['args']), known, choice);
      else known.open = new PartialArguments();
    }
    known.open?.add(functionCall['partialArgs']);
  }

  #closeCall(known: Candidate, choice: number): void {
    const { open } = known;
    known.open = null;
    if (open !== null) this.#arguments(argumentsJson(open), known, choice);
  }

  #arguments(text: string, { calls }: Candidate, choice: number): void {
    this.#emit({ kind: 'arguments', choice, call: calls - 1, text });
  }

  /** Emits each source once: every response repeats them. */
  #cite(citation: Citation, choice: number): void {
    const key = citation.url ?? JSON.stringify(citation.native);
    if (this.#cited.has(key)) return;
    this.#cited.add(key);
    this.#emit({ kind: 'citation', choice, citation });
  }
}

/** Whether a finish reason means that a tool call was malformed. */
function isMalformedCall(reason: string | null): boolean {
  return /^(?:MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL|TOO_MANY_TOOL_CALLS)$/.test(
    reason ?? '',
  );
}

const MAX_MESSAGE_CHARS = 500;

/** Whether a finish reason is a normal end or a failed call, rather than a blocked answer. */
function isNormalEnd(reason: string): boolean {
  return /^(STOP|1|OTHER|FINISH_REASON_UNSPECIFIED|0|MALFORMED_.*|UNEXPECTED_.*|TOO_MANY_.*)$/.test(
    reason,
  );
}
