import type { Usage } from '../../core/usage.js';
import type { AnswerOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { isIndex, isObject, merged, objectsIn, without } from '../json.js';
import { ChoiceNormaliser } from './choice-normaliser.js';
import type { Identity } from './identity.js';
import { identify } from './identity.js';
import type { UsageReading } from './usage.js';
import { readUsage } from './usage.js';

/** What to send for a chunk: its own bytes unchanged, or these chunks instead. */
export type NormalisedChunk = 'unchanged' | readonly JsonObject[];

const CHUNK = 'chat.completion.chunk';
const IDENTITY_MEMBERS = ['id', 'object', 'created', 'model', 'choices', 'usage'];
const NOTHING: NormalisedChunk = [];

/**
 * Normalises the chunks of an OpenAI-compatible stream to OpenAI's rules.
 *
 * The chunk that finishes a choice is held back until the end, because some providers send `stop` before
 * the tool calls, twice, or just before an error.
 */
export class ChunkNormaliser {
  readonly #rules: AnswerOptions;
  readonly #choices = new Map<number, ChoiceNormaliser>();
  #identity: Identity | null = null;
  #usage: UsageReading | null = null;
  /** Members of a chunk that came before the answer had an id: Azure's prompt filter results. */
  #earlyMembers: JsonObject | null = null;
  /** The other members of the chunk that contained the usage. */
  #usageExtras: JsonObject = {};

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
  }

  get usage(): Usage | null {
    return this.#usage?.usage ?? null;
  }

  get finishReason(): string | null {
    return this.#choices.get(0)?.finishReason ?? null;
  }

  get outputChars(): number {
    return [...this.#choices.values()].reduce((sum, choice) => sum + choice.outputChars, 0);
  }

  /** At least one choice began, and all that began have their `finish_reason`. */
  get isComplete(): boolean {
    const choices = [...this.#choices.values()];
    return choices.length > 0 && choices.every((choice) => choice.finishReason !== null);
  }

  /** @param chunk - changed in place */
  normalise(chunk: JsonObject): NormalisedChunk {
    const hadUsage = this.#takeUsage(chunk);
    const choices = objectsIn(chunk['choices']);
    if (choices.length === 0) return this.#normaliseWithoutChoices(chunk, hadUsage);

    const hasOthers = Array.isArray(chunk['choices']) && chunk['choices'].length > choices.length;
    let changed = this.#identifyChunk(chunk) || hadUsage || hasOthers;
    const kept = choices.filter((choice, i) => {
      const normaliser = this.#choiceOf(choice, i);
      const isKept = normaliser.normalise(choice, chunk);
      changed ||= normaliser.changed || !isKept;
      return isKept;
    });
    const out: JsonObject[] = this.#takeEarlyMembers();
    if (!changed && out.length === 0) return 'unchanged';
    chunk['choices'] = kept;
    if (kept.length > 0) out.push(chunk);
    return out;
  }

  /** What has to be sent before `[DONE]`: missing arguments, the finishing chunks, the usage. */
  finish(): readonly JsonObject[] {
    const identity = this.#identity;
    if (identity === null) return [];
    const { id, created, model } = identity;
    const base = { id, created, model, object: CHUNK };
    const tail: JsonObject[] = [];
    for (const index of [...this.#choices.keys()].sort((a, b) => a - b)) {
      for (const last of this.#choices.get(index)?.finish() ?? []) {
        tail.push(merged(last, base));
      }
    }
    if (this.#rules.includeUsage && this.#usage !== null) {
      tail.push(merged(this.#usageExtras, base, { choices: [], usage: this.#usage.toJson() }));
    }
    return tail;
  }

  #normaliseWithoutChoices(chunk: JsonObject, hadUsage: boolean): NormalisedChunk {
    // Not a chunk but a ping or a status, which the client could not use.
    if (chunk['choices'] === undefined && !hadUsage) return NOTHING;
    const extras = without(chunk, IDENTITY_MEMBERS);
    if (hadUsage) {
      this.#usageExtras = extras;
      return NOTHING;
    }
    if (Object.keys(extras).length === 0) return NOTHING;
    if (this.#identity === null) {
      this.#earlyMembers = { ...this.#earlyMembers, ...extras };
      return NOTHING;
    }
    const isWhole = Array.isArray(chunk['choices']) && chunk['choices'].length === 0;
    const changed = this.#identifyChunk(chunk);
    if (!changed && isWhole) return 'unchanged';
    chunk['choices'] = [];
    return [chunk];
  }

  #takeEarlyMembers(): JsonObject[] {
    if (this.#earlyMembers === null || this.#identity === null) return [];
    const prelude = { ...this.#identity, object: CHUNK, choices: [], ...this.#earlyMembers };
    this.#earlyMembers = null;
    return [prelude];
  }

  /** @returns whether the chunk had to change */
  #identifyChunk(chunk: JsonObject): boolean {
    const identity = (this.#identity ??= identify(chunk, this.#rules));
    if (
      chunk['object'] === CHUNK &&
      chunk['id'] === identity.id &&
      chunk['created'] === identity.created &&
      chunk['model'] === identity.model
    ) {
      return false;
    }
    chunk['id'] = identity.id;
    chunk['object'] = CHUNK;
    chunk['created'] = identity.created;
    chunk['model'] = identity.model;
    return true;
  }

  /** Removes the usage from wherever it is and remembers it. The last usage of a stream is the total. */
  #takeUsage(chunk: JsonObject): boolean {
    let found = takeMember(chunk, 'usage');
    // Groq repeats it in `x_groq`, Moonshot puts it into the choice.
    const nested = [chunk['x_groq'], ...objectsIn(chunk['choices'])];
    for (const place of nested) {
      if (isObject(place)) found = takeMember(place, 'usage') ?? found;
    }
    if (found === undefined) return false;
    this.#usage = readUsage(found) ?? this.#usage;
    return true;
  }

  #choiceOf(choice: JsonObject, position: number): ChoiceNormaliser {
    const index = isIndex(choice['index']) ? choice['index'] : position;
    let normaliser = this.#choices.get(index);
    if (normaliser === undefined) {
      normaliser = new ChoiceNormaliser(index, this.#rules.seed);
      this.#choices.set(index, normaliser);
    }
    return normaliser;
  }
}

/** Removes and returns a member unless it is `null`. */
function takeMember(from: JsonObject, name: string): unknown {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  Reflect.deleteProperty(from, name);
  return value;
}
