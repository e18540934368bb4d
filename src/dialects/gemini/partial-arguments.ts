import { objectsIn, type JsonObject } from '../json.js';

/** Deeper paths and longer lists than any model's arguments have. */
const MAX_STEPS = 64;
const MAX_INDEX = 100_000;

/** Puts arguments together that come piece by piece, each with its place: `$.recipe.steps[2]`. */
export class PartialArguments {
  readonly value: JsonObject = {};

  /** @param pieces - `partialArgs`; those without a readable place are left out */
  add(pieces: unknown): void {
    for (const piece of objectsIn(pieces)) {
      const steps = stepsIn(piece['jsonPath']);
      const last = steps.pop();
      if (last === undefined) continue;
      put(this.#holderAt(steps), last, pieceValue(piece));
    }
  }

  #holderAt(steps: readonly Step[]): Holder {
    let holder: Holder = this.value;
    steps.forEach((step) => {
      const known = get(holder, step);
      const next: Holder = isHolder(known) ? known : {};
      if (next !== known) put(holder, step, next);
      holder = next;
    });
    return holder;
  }
}

type Step = string | number;
/** Lists are kept as objects with numbers for names until they are shown. */
type Holder = JsonObject;

/** The arguments as JSON text: objects whose names count from 0 are lists. */
export function shownArguments({ value }: PartialArguments): string {
  return JSON.stringify(Object.keys(value).length === 0 ? {} : withLists(value));
}

const LIST = Symbol('list');

function stepsIn(path: unknown): Step[] {
  if (typeof path !== 'string' || !path.startsWith('$')) return [];
  const steps: Step[] = [];
  for (const [, name, index, quoted] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)) {
    steps.push(index === undefined ? (name ?? quoted ?? '') : Math.min(Number(index), MAX_INDEX));
  }
  return steps.length > MAX_STEPS ? [] : steps;
}

function get(holder: Holder, step: Step): unknown {
  return Object.hasOwn(holder, step) ? holder[step] : undefined;
}

function put(holder: Holder, step: Step, value: unknown): void {
  if (typeof step === 'number')
    Object.defineProperty(holder, LIST, { value: true, configurable: true });
  const before = get(holder, step);
  const isText = typeof before === 'string' && typeof value === 'string';
  const next = isText ? before + value : value;
  // A name such as `__proto__` is a name like any other here.
  Object.defineProperty(holder, step, {
    value: next,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

function withLists(value: unknown): unknown {
  if (!isHolder(value)) return value;
  if (Object.hasOwn(value, LIST)) return Object.values(value).map(withLists);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withLists(inner)]));
}

function pieceValue(piece: JsonObject): unknown {
  for (const name of ['stringValue', 'numberValue', 'boolValue']) {
    if (name in piece) return piece[name];
  }
  return 'nullValue' in piece ? null : '';
}
