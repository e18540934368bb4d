import { isDeepStrictEqual } from 'node:util';
import { exactJson } from '../exact-json.js';
import { objectOrEmpty, textOrNull, without, type JsonObject } from '../json.js';
import { numberOr, parsedObject } from '../json-members.js';
import { SseReader } from '../sse.js';
import { knownCandidates, type KnownCandidate } from './known-response.js';

/** Members of a candidate that may change with every response: the last value counts. */
const UPDATED = new Set(['finishReason', 'finishMessage', 'safetyRatings', 'tokenCount']);

/**
 * Joins the responses of a complete stream into the one that a request without streaming would have got.
 *
 * @returns `null` if the stream is not complete, or something in it has no known equivalent in a whole
 *   answer: better none than an incomplete one
 */
export function joinStream(parts: readonly Buffer[]): Buffer | null {
  const whole = new Assembly();
  const reader = new SseReader(({ bytes, start, end }) => {
    whole.take(parsedObject(bytes.toString('utf8', start, end)));
  });
  for (const part of parts) reader.push(part);
  return whole.finish();
}

class Assembly {
  readonly #head: JsonObject = {};
  readonly #candidates = new Map<number, CandidateAssembly>();
  #isUnknown = false;

  take(response: JsonObject | null): void {
    const candidates = response === null ? null : knownCandidates(response);
    if (response === null || candidates === null || 'error' in response) {
      this.#isUnknown = true;
      return;
    }
    Object.assign(this.#head, without(response, ['candidates']));
    candidates.forEach((candidate, i) => {
      const index = numberOr(candidate.body['index'], i);
      const known = this.#candidates.get(index) ?? new CandidateAssembly(index);
      this.#candidates.set(index, known);
      if (!known.take(candidate)) this.#isUnknown = true;
    });
  }

  finish(): Buffer | null {
    const candidates = [...this.#candidates.values()].sort((a, b) => a.index - b.index);
    const isWhole = candidates.length > 0 && candidates.every((each) => each.isFinished);
    if (this.#isUnknown || !isWhole) return null;
    const written = candidates.map((each) => each.written());
    return Buffer.from(exactJson({ candidates: written, ...this.#head }));
  }
}

class CandidateAssembly {
  readonly index: number;
  readonly #members: JsonObject = {};
  #content: JsonObject = {};
  readonly #parts: JsonObject[] = [];

  constructor(index: number) {
    this.index = index;
  }

  get isFinished(): boolean {
    return textOrNull(this.#members['finishReason']) !== null;
  }

  /** @returns `false` if the responses contradict each other */
  take({ body, parts }: KnownCandidate): boolean {
    for (const part of parts) this.#add(part);
    this.#content = { ...this.#content, ...without(objectOrEmpty(body['content']), ['parts']) };
    return Object.entries(without(body, ['content', 'index'])).every(([name, value]) => {
      const before = this.#members[name];
      if (value === null) return true;
      this.#members[name] = value;
      return before === undefined || UPDATED.has(name) || isDeepStrictEqual(before, value);
    });
  }

  written(): JsonObject {
    const content = { ...this.#content, parts: this.#parts };
    return { content, ...this.#members, index: this.index };
  }

  /** Joins consecutive text; a part with a signature stays separate. */
  #add(part: JsonObject): void {
    const last = this.#parts.at(-1);
    if (last !== undefined && isPlainText(last) && isPlainText(part)) {
      if (last['thought'] === part['thought']) {
        last['text'] = String(last['text']) + String(part['text']);
        return;
      }
    }
    this.#parts.push({ ...part });
  }
}

function isPlainText(part: JsonObject): boolean {
  return 'text' in part && !('thoughtSignature' in part) && !('functionCall' in part);
}
