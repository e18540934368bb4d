import { exactJson } from '../exact-json.js';
import { isObject, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import type { ContentPart, Turn } from '../neutral/part.js';
import { camelMembers, toList } from './members.js';
import { readMedia } from './neutral-media.js';
import { decodeSignature } from './signature.js';

/** Reads `systemInstruction` and `contents` as turns; consecutive contents of the model are one turn. */
export function readTurns(system: unknown, contents: unknown): Turn[] {
  const turns = readSystem(system);
  const calls = new CallMatcher();
  // Clients that stream store each piece of an answer as a content of its own.
  let model: ModelTurn | null = null;
  for (const [i, content] of toList(contents).entries()) {
    const at = `contents[${i}]`;
    const { role, parts } = camelMembers(content);
    const read = toList(parts).map((part, n) => ({
      part: camelMembers(part),
      at: `${at}.parts[${n}]`,
    }));
    if (role !== 'model') {
      model = null;
      turns.push(...userTurns(read, at, calls));
      continue;
    }
    if (model === null) {
      model = { role: 'assistant', parts: [], at };
      turns.push(model);
    }
    append(model, modelParts(read, calls));
  }
  return turns;
}

interface PlacedPart {
  readonly part: JsonObject;
  readonly at: string;
}

function readSystem(system: unknown): Turn[] {
  const at = 'systemInstruction';
  if (typeof system === 'string') {
    return system === ''
      ? []
      : [{ role: 'system', parts: [{ kind: 'text', text: system, at }], at }];
  }
  const parts = toList(camelMembers(system)['parts']).flatMap((part, i) =>
    plainParts({ part: camelMembers(part), at: `${at}.parts[${i}]` }),
  );
  return parts.length === 0 ? [] : [{ role: 'system', parts, at }];
}

/** A turn that the model's next content is added to. */
interface ModelTurn extends Turn {
  readonly parts: ContentPart[];
}

/** Joins consecutive text, and reasoning that is not signed yet with what follows. */
function append({ parts }: ModelTurn, more: readonly ContentPart[]): void {
  for (const part of more) {
    const last = parts.at(-1);
    if (last?.kind === 'text' && part.kind === 'text') {
      parts[parts.length - 1] = { ...last, text: last.text + part.text };
    } else if (last?.kind === 'reasoning' && part.kind === 'reasoning' && isUnsigned(last)) {
      parts[parts.length - 1] = { ...part, text: last.text + part.text, at: last.at };
    } else {
      parts.push(part);
    }
  }
}

function isUnsigned(thought: Extract<ContentPart, { kind: 'reasoning' }>): boolean {
  return thought.signature === null && thought.redacted === null;
}

function modelParts(placed: readonly PlacedPart[], calls: CallMatcher): ContentPart[] {
  return placed.flatMap(({ part, at }): ContentPart[] => {
    const signature = decodeSignature(part['thoughtSignature']);
    const text = textOrNull(part['text']) ?? '';
    if (part['thought'] === true) {
      const unsigned = { signature: null, redacted: null, vendor: 'gemini' as const };
      return [{ kind: 'reasoning', text, ...(signature ?? unsigned), at }];
    }
    const content = isObject(part['functionCall'])
      ? [calls.read(part['functionCall'], at)]
      : plainParts({ part, at });
    // Gemini puts the signature of preceding reasoning into the next part.
    return signature === null
      ? content
      : [{ kind: 'reasoning', text: '', ...signature, at }, ...content];
  });
}

/** Tool results become a turn of their own, before the rest. */
function userTurns(placed: readonly PlacedPart[], at: string, calls: CallMatcher): Turn[] {
  const results = placed.filter(({ part }) => isObject(part['functionResponse']));
  const others = placed
    .filter(({ part }) => !isObject(part['functionResponse']))
    .flatMap(plainParts);
  const answers = results.map((one) => calls.readResult(one));
  return [
    ...(answers.length === 0 ? [] : [{ role: 'tool' as const, parts: answers, at }]),
    ...(others.length === 0 && answers.length > 0
      ? []
      : [{ role: 'user' as const, parts: others, at }]),
  ];
}

/** Members that say how to process a part, without an equivalent in other dialects. */
const PROCESSING_MEMBERS = ['videoMetadata', 'mediaResolution'];

function plainParts({ part, at }: PlacedPart): ContentPart[] {
  if (typeof part['text'] === 'string') {
    return part['text'] === '' ? [] : [{ kind: 'text', text: part['text'], at }];
  }
  const media = readMedia(part, at);
  if (media !== null) {
    const processing = PROCESSING_MEMBERS.filter((name) => isObject(part[name]));
    return [
      media,
      ...processing.map((type) => ({
        kind: 'foreign' as const,
        type,
        isKnob: true as const,
        at: `${at}.${type}`,
      })),
    ];
  }
  const type = Object.keys(part).find((name) => isObject(part[name]));
  return type === undefined ? [] : [{ kind: 'foreign', type, at: `${at}.${type}` }];
}

interface Call {
  readonly id: string;
  readonly name: string;
  isAnswered: boolean;
}

/** Calls in order; finding the first unanswered one takes amortised constant time. */
class CallQueue {
  readonly #calls: Call[] = [];
  #next = 0;

  add(call: Call): void {
    this.#calls.push(call);
  }

  first(): Call | undefined {
    while (this.#calls[this.#next]?.isAnswered === true) this.#next += 1;
    return this.#calls[this.#next];
  }
}

/** Gives calls ids, which most Gemini clients leave out, and matches results to calls. */
class CallMatcher {
  readonly #all = new CallQueue();
  readonly #byId = new Map<string, CallQueue>();
  readonly #byName = new Map<string, CallQueue>();

  read(functionCall: JsonObject, at: string): ContentPart {
    const { id: rawId, name: rawName, args } = camelMembers(functionCall);
    const name = textOrNull(rawName) ?? '';
    const id = textOrNull(rawId) ?? `call_${at.replace(/\D+/g, '_').replace(/^_|_$/g, '')}`;
    const call = { id, name, isAnswered: false };
    this.#all.add(call);
    queueFor(this.#byId, id).add(call);
    queueFor(this.#byName, name).add(call);
    return { kind: 'tool_call', id, name, arguments: exactJson(args ?? {}), at };
  }

  readResult({ part, at }: PlacedPart): ContentPart {
    const result = camelMembers(part['functionResponse']);
    const callId = this.#matchResult(textOrNull(result['id']), textOrNull(result['name']) ?? '');
    const media = toList(result['parts']).flatMap((inner, i) =>
      plainParts({ part: camelMembers(inner), at: `${at}.functionResponse.parts[${i}]` }),
    );
    const { text, isError } = readResponse(objectOrEmpty(result['response']));
    const texts: ContentPart[] = text === '' ? [] : [{ kind: 'text', text, at }];
    return { kind: 'tool_result', callId, parts: [...texts, ...media], isError, at };
  }

  /** Matches a result by id, otherwise by name and order. */
  #matchResult(id: string | null, name: string): string {
    const found =
      (id === null ? undefined : this.#byId.get(id)?.first()) ??
      this.#byName.get(name)?.first() ??
      this.#all.first();
    if (found !== undefined) found.isAnswered = true;
    return found?.id ?? id ?? name;
  }
}

function queueFor(calls: Map<string, CallQueue>, key: string): CallQueue {
  const known = calls.get(key);
  if (known !== undefined) return known;
  const queue = new CallQueue();
  calls.set(key, queue);
  return queue;
}

/** A function's result: Google documents `output` for the result and `error` for an error. */
function readResponse(response: JsonObject): { text: string; isError: boolean } {
  const names = Object.keys(response);
  const [only] = names;
  if (names.length === 1 && only !== undefined && /^(output|result|error)$/.test(only)) {
    const value = response[only];
    const text = typeof value === 'string' ? value : exactJson(value);
    return { text, isError: only === 'error' };
  }
  return { text: names.length === 0 ? '' : exactJson(response), isError: false };
}
