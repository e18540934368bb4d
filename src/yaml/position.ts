import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';

/** The position of a value in a YAML document. */
export interface FoundValue {
  /** Character offset of the key; `null` for list entries and the whole document. */
  readonly key: number | null;
  /** The value; `null` if a key has none. */
  readonly value: Node | null;
}

/**
 * Finds the value at `path`, following aliases and merged maps.
 *
 * @returns the deepest existing value on the path, and whether that is the whole path
 */
export function findValue(
  document: Document.Parsed,
  path: readonly PropertyKey[],
): { readonly found: FoundValue; readonly complete: boolean } {
  let found: FoundValue = { key: null, value: document.contents };
  for (const step of path) {
    const next = child(document, found.value, step);
    if (next === null) return { found, complete: false };
    // A list entry has no key of its own, and the list's key would be misleading.
    found = next;
  }
  return { found, complete: true };
}

function child(
  document: Document.Parsed,
  parent: Node | null,
  step: PropertyKey,
): FoundValue | null {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { key: null, value: item as Node };
  }
  if (!isMap<Node, Node | null>(node)) return null;
  const own = node.items.find((pair) => keyText(pair) === String(step));
  if (own !== undefined) return { key: startOffset(own.key), value: own.value };
  return merged(document, node.items, step);
}

/** Looks for a key in the maps that `<<` adds. */
function merged(
  document: Document.Parsed,
  pairs: readonly Pair<Node, Node | null>[],
  step: PropertyKey,
): FoundValue | null {
  for (const { value } of pairs.filter((pair) => keyText(pair) === '<<')) {
    const source = isAlias(value) ? (value.resolve(document) ?? null) : value;
    const sources = isSeq(source) ? (source.items as Node[]) : [source];
    for (const one of sources) {
      const found = child(document, one, step);
      if (found !== null) return found;
    }
  }
  return null;
}

function keyText(pair: Pair<Node, Node | null>): string | null {
  return isScalar(pair.key) ? String(pair.key.value) : null;
}

/** Offset of a node's first character; 0 for a node that was not parsed from text. */
export function startOffset(node: Node): number {
  return node.range?.[0] ?? 0;
}

/**
 * The source offset of character `index` of a scalar's value.
 *
 * Value and source are walked in parallel, because quotes, escapes, folding and the indentation of
 * block scalars make them differ. Exact for plain and literal text; approximate within escape
 * sequences.
 */
export function offsetInScalar(source: string, node: Node, index: number): number {
  const from = startOffset(node);
  if (!isScalar(node) || typeof node.value !== 'string') return from;
  const text = node.value;
  const end = node.range?.[1] ?? from;
  const header = /^(?:["']|[|>][^\n]*\n)/.exec(source.slice(from, end))?.[0].length ?? 0;
  let at = from + header;
  for (const char of text.slice(0, index)) at = afterChar(source, at, end, char);
  const target = text[index];
  if (target === undefined) return Math.min(at, end);
  return nextMatch(source, at, end, target);
}

function afterChar(source: string, at: number, end: number, char: string): number {
  if (source.startsWith(char, at)) return at + char.length;
  if (/\s/.test(char)) {
    // A folded line break, or an escape such as \n.
    const gap = /^(?:\\.|\s+)/.exec(source.slice(at, end))?.[0].length ?? 0;
    return at + gap;
  }
  return Math.min(nextMatch(source, at, end, char) + char.length, end);
}

function nextMatch(source: string, at: number, end: number, char: string): number {
  const found = source.indexOf(char, at);
  return found === -1 || found >= end ? at : found;
}
