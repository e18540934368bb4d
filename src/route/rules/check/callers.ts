import type { ASTNode } from '@marcbachmann/cel-js';
import type { Fault } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import { walk } from '../condition-faults.js';
import { constantOf, fieldOf, textsOf } from './fields.js';
import { warn, type CheckedRule, type CheckedRules } from './checked-rules.js';

/** A key, as conditions see it. */
export interface KnownKey {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Warns about names and labels that no key has: a rule that is to protect a client's data does nothing if its key does
 * not exist.
 *
 * @param keys - those of the configuration; if empty, nothing is checked
 */
export function checkCallers(
  { rules, ...rest }: CheckedRules,
  keys: readonly KnownKey[],
): readonly Fault[] {
  if (keys.length === 0) return [];
  return rules.flatMap((rule) => unknownCallers({ rules, ...rest }, rule, keys));
}

function unknownCallers(
  subject: CheckedRules,
  { rule, path }: CheckedRule,
  keys: readonly KnownKey[],
): readonly Fault[] {
  if (rule.condition === null) return [];
  const faults: Fault[] = [];
  walk(rule.condition.ast, new Set(), (node) => {
    const message = comparisonFault(node, keys) ?? labelFault(node, keys);
    if (message !== null) faults.push(warn(subject, [...path, 'when'], message, node.start));
  });
  return faults;
}

/** `key.name == "clinc"`, `key.metadata.?data.orValue("") in ["patient"]` */
function comparisonFault(node: ASTNode, keys: readonly KnownKey[]): string | null {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return null;
  const [left, right] = node.args;
  const constant = constantOf(right) ?? constantOf(left);
  const texts = textsOf(right) ?? (typeof constant === 'string' ? [constant] : []);
  const sides = [left, right];
  if (sides.some((side) => fieldOf(side)?.name === 'key.name')) {
    const names = keys.map(({ name }) => name);
    return firstUnknown(texts, names, (text) => `no key is named "${text}"`);
  }
  const label = sides.map(labelIn).find((found) => found !== null);
  if (label === undefined) return null;
  const values = keys.flatMap(({ metadata }) => own(metadata, label.name) ?? []);
  // A label that no key has is reported by `labelFault`.
  if (values.length === 0) return null;
  const known = label.fallback === null ? values : [...values, label.fallback];
  return firstUnknown(texts, known, (text) => `no key has the value "${text}" for "${label.name}"`);
}

function labelFault(node: ASTNode, keys: readonly KnownKey[]): string | null {
  const name = labelOf(node);
  if (name === null || keys.some(({ metadata }) => own(metadata, name) !== undefined)) return null;
  const names = keys.flatMap(({ metadata }) => Object.keys(metadata));
  return firstUnknown([name], names, (text) => `no key has a label "${text}"`);
}

function firstUnknown(
  texts: readonly string[],
  known: readonly string[],
  sentence: (text: string) => string,
): string | null {
  const unknown = texts.find((text) => !known.includes(text));
  if (unknown === undefined) return null;
  const hint = nearest(unknown, known);
  return `${sentence(unknown)}${hint === null ? '.' : `; did you mean "${hint}"?`}`;
}

/** A label of the key, with its default. */
function labelIn(node: ASTNode): { name: string; fallback: string | null } | null {
  if (node.op === 'rcall' && node.args[0] === 'orValue') {
    const name = labelOf(node.args[1]);
    const fallback = constantOf(node.args[2][0]);
    return name === null
      ? null
      : { name, fallback: typeof fallback === 'string' ? fallback : null };
  }
  const name = labelOf(node);
  return name === null ? null : { name, fallback: null };
}

/** `key.metadata.data`, `key.metadata["data"]`, `key.metadata.?data`, `key.metadata[?"data"]` */
function labelOf(node: ASTNode): string | null {
  if (node.op !== '.' && node.op !== '[]' && node.op !== '.?' && node.op !== '[?]') return null;
  const [owner, key] = node.args;
  if (fieldOf(owner)?.name !== 'key.metadata') return null;
  const name = typeof key === 'string' ? key : constantOf(key);
  return typeof name === 'string' ? name : null;
}

function own(labels: KnownKey['metadata'], name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
