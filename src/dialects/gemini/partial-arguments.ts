import { objectsIn, type JsonObject } from '../json.js';

/** Limits on depth and array length, above those of any model's arguments. */
const MAX_STEPS = 64;
const MAX_INDEX = 100_000;

/** Joins arguments that are streamed in pieces, each with a JSON path: `$.recipe.steps[2]`. */
export class PartialArguments {
  readonly value: JsonObject = {};

  /** @param pieces - `partialArgs`; those with an unreadable path are ignored */
  add(pieces: unknown): void {
    for (const piece of objectsIn(pieces)) {
      const steps = stepsIn(piece['jsonPath']);
      const last = steps.pop();
      if (last === undefined) continue;
      put(this.#containerAt(steps), last, pieceValue(piece));
    }
  }

  #containerAt(steps: readonly Step[]): Container {
    let container: Container = this.value;
    steps.forEach((step) => {
      const known = get(container, step);
      const next: Container = isContainer(known) ? known : {};
      if (next !== known) put(container, step, next);
      container = next;
    });
    return container;
  }
}

type Step = string | number;
/** Arrays are kept as objects with numeric names until they are serialised. */
type Container = JsonObject;

/** The arguments as JSON text. */
export function argumentsJson({ value }: PartialArguments): string {
  return JSON.stringify(Object.keys(value).length === 0 ? {} : withArrays(value));
}

const IS_ARRAY = Symbol('list');

function stepsIn(path: unknown): Step[] {
  if (typeof path !== 'string' || !path.startsWith('$')) return [];
  const steps: Step[] = [];
  for (const [, name, index, quoted] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)) {
    steps.push(index === undefined ? (name ?? quoted ?? '') : Math.min(Number(index), MAX_INDEX));
  }
  return steps.length > MAX_STEPS ? [] : steps;
}

function get(container: Container, step: Step): unknown {
  return Object.hasOwn(container, step) ? container[step] : undefined;
}

function put(container: Container, step: Step, value: unknown): void {
  if (typeof step === 'number')
    Object.defineProperty(container, IS_ARRAY, { value: true, configurable: true });
  const before = get(container, step);
  const isText = typeof before === 'string' && typeof value === 'string';
  const next = isText ? before + value : value;
  // So that `__proto__` is a name like any other.
  Object.defineProperty(container, step, {
    value: next,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function withArrays(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Object.hasOwn(value, IS_ARRAY)) return Object.values(value).map(withArrays);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withArrays(inner)]),
  );
}

function pieceValue(piece: JsonObject): unknown {
  for (const name of ['stringValue', 'numberValue', 'boolValue']) {
    if (name in piece) return piece[name];
  }
  return 'nullValue' in piece ? null : '';
}
