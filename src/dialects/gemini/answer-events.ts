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
import { mediaIn, sourcesOf } from './found.js';
import { readLogprobs } from './logprobs.js';
import { PartialArguments, shownArguments } from './partial-arguments.js';
import { readUsage } from './usage.js';

/** Reasons by name, and the numbers that Vertex sends for some of them. */
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

/** What an answer was served as, in OpenAI's words. */
const TIERS = lookup({ standard: 'default', flex: 'flex', priority: 'priority' });

/** What is known of one candidate so far. */
interface Candidate {
  calls: number;
  /** Something was said, drawn or called; thoughts are none of it. */
  isSaid: boolean;
  /** The call whose arguments still come piece by piece. */
  open: PartialArguments | null;
  finish: string | null;
  /** What is said of the reason, for people. */
  finishMessage: string | null;
}

/** Tells what responses say, whether one by one or the only one. */
export class AnswerTeller {
  readonly #emit: Emit;
  readonly #seed: string;
  readonly #candidates = new Map<number, Candidate>();
  readonly #cited = new Set<string>();
  #started = false;
  #tierTold: string | null = null;

  /** @param seed - what ids are made of that the answer leaves out; another for every answer */
  constructor(emit: Emit, seed: string) {
    this.#emit = emit;
    this.#seed = seed;
  }

  /** Every candidate that began has its reason, and at least one did. */
  get isFinished(): boolean {
    const all = [...this.#candidates.values()];
    return all.length > 0 && all.every(({ finish }) => finish !== null);
  }

  tell(response: JsonObject): void {
    if (!this.#started) this.#start(response);
    // Counted anew in every response: whoever leaves early still knows what was used.
    const usage = readUsage(response['usageMetadata']);
    if (usage !== null) this.#emit({ kind: 'usage', usage });
    this.#tier(objectOrEmpty(response['usageMetadata'])['serviceTier']);
    objectsIn(response['candidates']).forEach((candidate, i) => {
      this.#candidate(candidate, numberOr(candidate['index'], i));
    });
    const blocked = textOrNull(objectOrEmpty(response['promptFeedback'])['blockReason']);
    if (blocked !== null) this.#known(0).finish ??= blocked;
  }

  /** What went wrong where nothing is said: whoever reads no more than that the answer is done takes it for done. `null` for nothing. */
  get failure(): GatewayError | null {
    const all = [...this.#candidates.values()];
    const [first] = all.filter(({ finish }) => isBroken(finish));
    if (first === undefined || all.some(({ isSaid }) => isSaid)) return null;
    const why = first.finishMessage?.slice(0, MAX_MESSAGE_CHARS) ?? 'it does not say why';
    return new GatewayError(
      'upstream_failed',
      `The provider's model called a tool in a way that is none (${first.finish ?? ''}): ${why}`,
    );
  }

  /** Tells what stands at the end of an answer: its reasons. */
  end(): void {
    for (const [choice, candidate] of this.#candidates) {
      this.#closeCall(candidate, choice);
      const native = candidate.finish ?? 'STOP';
      const isBlocked = !(native in REASONS) && !isUsual(native);
      const reason = REASONS[native] ?? (isBlocked ? 'content_filter' : 'stop');
      // Gemini has no reason of its own for calls.
      const called = candidate.calls > 0 && reason === 'stop';
      this.#emit({
        kind: 'finish',
        choice,
        reason: called ? 'tool_calls' : reason,
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

  /** Every response repeats it. */
  #tier(told: unknown): void {
    const own = textOrNull(told)?.toLowerCase() ?? null;
    if (own === null || own === this.#tierTold) return;
    this.#tierTold = own;
    this.#emit({ kind: 'tier', tier: TIERS[own] ?? null });
  }

  #known(choice: number): Candidate {
    const known = this.#candidates.get(choice) ?? {
      calls: 0,
      isSaid: false,
      open: null,
      finish: null,
      finishMessage: null,
    };
    this.#candidates.set(choice, known);
    return known;
  }

  #candidate(candidate: JsonObject, choice: number): void {
    const known = this.#known(choice);
    for (const part of objectsIn(objectOrEmpty(candidate['content'])['parts'])) {
      this.#part(part, known, choice);
    }
    for (const citation of sourcesOf(candidate)) this.#cite(citation, choice);
    const logprobs = readLogprobs(objectOrEmpty(candidate['logprobsResult']));
    if (logprobs !== null) this.#emit({ kind: 'logprobs', choice, logprobs });
    const { finishReason } = candidate;
    if (typeof finishReason === 'number') known.finish = String(finishReason);
    else known.finish = textOrNull(finishReason) ?? known.finish;
    known.finishMessage = textOrNull(candidate['finishMessage']) ?? known.finishMessage;
  }

  #part(part: JsonObject, known: Candidate, choice: number): void {
    const text = textOrNull(part['text']);
    if (text !== null) {
      known.isSaid ||= part['thought'] !== true;
      this.#emit({ kind: part['thought'] === true ? 'reasoning' : 'text', choice, text });
    }
    const media = mediaIn(part, choice);
    if (media !== null) {
      known.isSaid = true;
      this.#emit(media);
    }
    if (isObject(part['functionCall'])) {
      this.#call(part['functionCall'], textOrNull(part['thoughtSignature']), known, choice);
    }
  }

  #call(called: JsonObject, signature: string | null, known: Candidate, choice: number): void {
    const name = textOrNull(called['name']);
    if (name !== null) {
      this.#closeCall(known, choice);
      // The proof of the thought that led here: it has to come back with the call.
      if (signature !== null)
        this.#emit({ kind: 'signature', choice, signature, vendor: 'gemini' });
      known.isSaid = true;
      const call = known.calls++;
      const id = textOrNull(called['id']) ?? callId(this.#seed, choice, call);
      this.#emit({ kind: 'call', choice, call, id, name });
      if (isObject(called['args'])) this.#arguments(exactJson(called['args']), known, choice);
      else known.open = new PartialArguments();
    }
    known.open?.add(called['partialArgs']);
  }

  #closeCall(known: Candidate, choice: number): void {
    const { open } = known;
    known.open = null;
    if (open !== null) this.#arguments(shownArguments(open), known, choice);
  }

  #arguments(text: string, { calls }: Candidate, choice: number): void {
    this.#emit({ kind: 'arguments', choice, call: calls - 1, text });
  }

  /** Sources are told again with every response. */
  #cite(citation: Citation, choice: number): void {
    const key = citation.url ?? JSON.stringify(citation.native);
    if (this.#cited.has(key)) return;
    this.#cited.add(key);
    this.#emit({ kind: 'citation', choice, citation });
  }
}

/** Calls that went wrong. */
function isBroken(reason: string | null): boolean {
  return /^(?:MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL|TOO_MANY_TOOL_CALLS)$/.test(
    reason ?? '',
  );
}

const MAX_MESSAGE_CHARS = 500;

/** Ways of being done, and of having gone wrong at the end, that block nothing. */
function isUsual(reason: string): boolean {
  return /^(STOP|1|OTHER|FINISH_REASON_UNSPECIFIED|0|MALFORMED_.*|UNEXPECTED_.*|TOO_MANY_.*)$/.test(
    reason,
  );
}
