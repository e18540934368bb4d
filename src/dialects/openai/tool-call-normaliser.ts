import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull, without } from '../json.js';

/** A tool call as received so far. */
interface Call {
  readonly upstreamId: string | null;
  /** Its index among the calls that have been sent to the client; -1 until then. */
  index: number;
  readonly isFunction: boolean;
  /** Its id and name have been sent. */
  announced: boolean;
  arguments: string;
}

/** Creates an id for the call at `index` if the provider sends none; unique within the answer. */
export type MakeCallId = (index: number) => string;

/**
 * Normalises the tool calls of one choice of a stream.
 *
 * The output always has indexes from 0 without gaps, an id, a type and a name only in the first delta of a
 * call, and arguments as text.
 */
export class ToolCallNormaliser {
  readonly #calls: Call[] = [];
  /** The last call with an index, and the first call with an id. */
  readonly #byIndex = new Map<number, Call>();
  readonly #byId = new Map<string, Call>();
  readonly #makeId: MakeCallId;
  #announced = 0;

  constructor(makeId: MakeCallId) {
    this.#makeId = makeId;
  }

  get count(): number {
    return this.#announced;
  }

  /**
   * @param items - the `tool_calls` of one delta
   * @returns what to send instead; `null` if the items may go out as they are
   */
  normalise(items: unknown[]): JsonObject[] | null {
    const normalised: JsonObject[] = [];
    let changed = false;
    for (const item of items) {
      const call = isObject(item) ? this.#callOf(item) : null;
      if (!isObject(item) || call === null) {
        changed = true;
        continue;
      }
      const wasAnnounced = call.announced;
      const replacement = call.isFunction ? this.#mendItem(item, call) : withIndex(item, call);
      if (replacement !== null) normalised.push(replacement);
      changed ||= replacement === null || !isSameItem(item, replacement, wasAnnounced);
    }
    return changed ? normalised : null;
  }

  /** Deltas that complete calls without arguments: clients need `{}`, since they cannot parse an empty string. */
  closing(): JsonObject[] {
    return this.#calls
      .filter((call) => call.announced && call.isFunction && call.arguments.trim() === '')
      .map((call) => ({ index: call.index, function: { arguments: '{}' } }));
  }

  #mendItem(item: JsonObject, call: Call): JsonObject | null {
    const extras = without(item, ['id', 'type', 'index', 'function']);
    const { name, arguments: args, ...functionExtras } = objectOrEmpty(item['function']);
    const text = call.arguments === '' && isEmptyArguments(args) ? '' : argumentsText(args);
    call.arguments += text;
    if (call.announced) {
      return { index: call.index, ...extras, function: { ...functionExtras, arguments: text } };
    }
    // A client needs the name in the first delta, so arguments are held back until it arrives.
    const calledName = textOrNull(name);
    if (calledName === null) return null;
    call.announced = true;
    call.index = this.#announced++;
    return {
      index: call.index,
      id: call.upstreamId ?? this.#makeId(call.index),
      type: 'function',
      ...extras,
      function: { name: calledName, ...functionExtras, arguments: call.arguments },
    };
  }

  #callOf(item: JsonObject): Call | null {
    const index = typeof item['index'] === 'number' ? item['index'] : null;
    const id = idText(item['id']);
    const isFunction = item['custom'] === undefined && item['type'] !== 'custom';
    const fn = objectOrEmpty(item['function']);
    const name = textOrNull(fn['name']);
    const known = this.#find(index, id, name);
    if (known !== undefined && !startsNewCall(known, { id, name, args: fn['arguments'] })) {
      return known;
    }
    // An item without any values neither starts a call nor belongs to one.
    if (isFunction && name === null && id === null && index === null) return null;
    const call: Call = {
      upstreamId: id,
      index: isFunction ? -1 : this.#announced++,
      isFunction,
      announced: !isFunction,
      arguments: '',
    };
    this.#register(call, index, id);
    return call;
  }

  #register(call: Call, index: number | null, id: string | null): void {
    this.#calls.push(call);
    if (index !== null) this.#byIndex.set(index, call);
    if (id !== null && !this.#byId.has(id)) this.#byId.set(id, call);
  }

  #find(index: number | null, id: string | null, name: string | null): Call | undefined {
    if (index !== null) return this.#byIndex.get(index);
    if (id !== null) return this.#byId.get(id);
    return name === null ? this.#calls.at(-1) : undefined;
  }
}

/**
 * Whether the first piece of arguments is empty (`{}` or `null`): it is ignored until the end, since some servers
 * send `{}` before the real arguments.
 */
function isEmptyArguments(args: unknown): boolean {
  return /^\s*(null|\{\s*\})\s*$/.test(argumentsText(args));
}

/** Tool arguments as JSON text; empty if there are none. */
export function argumentsText(args: unknown): string {
  if (typeof args === 'string') return args;
  return isObject(args) || Array.isArray(args) ? JSON.stringify(args) : '';
}

/** Normalises the tool calls of a whole message: complete, and with unique ids. */
export function wholeToolCalls(value: unknown, makeId: MakeCallId): JsonObject[] {
  const seen = new Set<string>();
  const calls = objectsIn(value).filter((item) => !isEmptyCall(item));
  return calls.map((item, i) => {
    const rawId = idText(item['id']);
    const id = rawId === null || seen.has(rawId) ? makeId(i) : rawId;
    seen.add(id);
    if (item['function'] === undefined && item['custom'] !== undefined) return { ...item, id };
    const { name, arguments: args, ...extras } = objectOrEmpty(item['function']);
    const text = argumentsText(args).trim();
    return {
      ...item,
      id,
      type: 'function',
      function: {
        name,
        ...extras,
        arguments: text === '' || text === 'null' ? '{}' : argumentsText(args),
      },
    };
  });
}

/**
 * Whether an item starts a new call: some servers give every call the index 0. A new id together with a
 * name starts one, and so does a name after complete arguments. A new id alone does not, since some servers
 * send a new one with every delta.
 */
function startsNewCall(
  known: Call,
  item: { id: string | null; name: string | null; args: unknown },
): boolean {
  if (item.name === null || !known.announced) return false;
  if (item.id !== null && known.upstreamId !== null && item.id !== known.upstreamId) return true;
  if (item.id !== null && item.id === known.upstreamId) return false;
  return known.arguments.endsWith('}') && argumentsText(item.args).startsWith('{');
}

/** Some servers send a call without a name if there is none. */
function isEmptyCall(item: JsonObject): boolean {
  const { name } = objectOrEmpty(item['function']);
  return textOrNull(name) === null && item['custom'] === undefined;
}

function withIndex(item: JsonObject, call: Call): JsonObject {
  return { ...item, index: call.index };
}

function isSameItem(item: JsonObject, sent: JsonObject, wasAnnounced: boolean): boolean {
  if (item['index'] !== sent['index'] || sent['function'] === undefined) {
    return item['index'] === sent['index'];
  }
  const fn = objectOrEmpty(item['function']);
  const sentFn = objectOrEmpty(sent['function']);
  if (fn['arguments'] !== sentFn['arguments']) return false;
  if (wasAnnounced) return !('id' in item) && !('type' in item) && !('name' in fn);
  return item['id'] === sent['id'] && item['type'] === 'function' && fn['name'] === sentFn['name'];
}

/** Some servers use numbers as ids; clients expect strings. */
function idText(id: unknown): string | null {
  return typeof id === 'number' ? String(id) : textOrNull(id);
}
