import type { Random } from '../../src/core/random.js';

/** A placeholder for JSON that `JSON.stringify` cannot produce: numbers out of range, extreme nesting. */
const RAW = /"@raw:(\w+)@"/g;

const RAW_TEXTS: Readonly<Record<string, string>> = {
  huge: '1e400',
  tiny: '-1e-400',
  digits: '9'.repeat(400),
  negativeZero: '-0',
  deep: `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  deepObject: `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`,
  twice: '{"type":"text","type":"tool_use","text":1}',
};

/** Values that no field expects. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  '',
  ' ',
  '0',
  'x',
  '\n\n',
  'data: [DONE]\n\n',
  '[DONE]',
  '\u2028\u2029\0\x1b',
  '\ud83d',
  '\ude00',
  '\ud83d\ude00',
  '__proto__',
  'constructor',
  'toString',
  '{"a":',
  '}',
  [],
  [[]],
  [null],
  ['x'],
  [{}],
  {},
  { a: null },
  { type: 'text', text: 'x' },
  { type: 'object', error: { message: 7 } },
  { toString: 1, length: -1 },
  '@raw:huge@',
  '@raw:tiny@',
  '@raw:digits@',
  '@raw:negativeZero@',
  '@raw:twice@',
];

const RARE: readonly string[] = ['@raw:deep@', '@raw:deepObject@'];
const LONG_CHARS = 20_000;

/** A location in a JSON value: `holder[key]`. */
interface Place {
  readonly holder: Record<string | number, unknown>;
  readonly key: string | number;
}

/** Deeper nesting than any provider's: such a text has already been mutated. */
const DEEP = /(\[|\{"a":){100}/;

/** Changes one or two locations of a JSON text; other text is returned unchanged. */
export function mutateJson(text: string, random: Random): string {
  let root: unknown;
  if (DEEP.test(text)) return text;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  const wrapped: Record<string, unknown> = { root };
  const places = placesIn(wrapped);
  const place = places[random.below(places.length)];
  if (place !== undefined) change(place, places, random);
  return written(wrapped['root']);
}

function change({ holder, key }: Place, places: readonly Place[], random: Random): void {
  const other = places[random.below(places.length)];
  switch (random.below(6)) {
    case 0:
      remove(holder, key);
      return;
    case 1:
      if (other !== undefined) holder[key] = copyOf(other.holder[other.key]);
      return;
    case 2:
      if (Array.isArray(holder)) holder.push(copyOf(holder[Number(key)]));
      else if (key !== 'root') holder[random.below(2) === 0 ? '__proto__' : 'index'] = holder[key];
      return;
    case 3:
      holder[key] = stretched(holder[key], random);
      return;
    default:
      holder[key] = hostile(random);
  }
}

function hostile(random: Random): unknown {
  const isRare = random.below(40) === 0;
  const list = isRare ? RARE : HOSTILE;
  return copyOf(list[random.below(list.length)]);
}

/** A value of the same type, but longer or at the limit of its range. */
function stretched(value: unknown, random: Random): unknown {
  if (typeof value === 'number')
    return [value + 1, -value, value * 1e15, value / 3][random.below(4)];
  if (typeof value === 'string') {
    const at = random.below(value.length + 1);
    return [
      value.slice(0, at),
      value + value,
      `${value.slice(0, at)}\ud83d${value.slice(at)}`,
      `${value.slice(0, at)}"\\\n${value.slice(at)}`,
      random.below(10) === 0 ? value.padEnd(LONG_CHARS, 'ä😀') : value.toUpperCase(),
    ][random.below(5)];
  }
  return Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : [value];
}

function remove(holder: Record<string | number, unknown>, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (key !== 'root') Reflect.deleteProperty(holder, key);
}

function placesIn(value: object): Place[] {
  const places: Place[] = [];
  const visit = (holder: Record<string | number, unknown>): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const inner = holder[key];
      if (typeof inner === 'object' && inner !== null) visit(inner as typeof holder);
    }
  };
  visit(value as Record<string, unknown>);
  return places;
}

function copyOf(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}

function written(value: unknown): string {
  return JSON.stringify(value).replace(RAW, (_, name: string) => RAW_TEXTS[name] ?? 'null');
}
