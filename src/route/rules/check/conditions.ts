import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import type { Fault } from '../../../core/errors.js';
import { walk } from '../condition-faults.js';
import { warn, type CheckedRule, type CheckedRules } from './checked-rules.js';
import { constantOf, fieldOf } from './fields.js';
import { contradictionIn, describeDomain, staticValue } from './static-value.js';

/** Warns about conditions that are never or always true, shares written as per cent, and labels that are read without a test. */
export function checkConditions(subject: CheckedRules): readonly Fault[] {
  return subject.rules.flatMap((rule) => [
    ...constantConditions(subject, rule),
    ...percentages(subject, rule),
    ...unguardedLabels(subject, rule),
  ]);
}

function constantConditions(subject: CheckedRules, { rule, path }: CheckedRule): readonly Fault[] {
  if (rule.condition === null) return [];
  const faults: Fault[] = [];
  const visit = (node: ASTNode): void => {
    const known = staticValue(node);
    if (known === null || node.op === 'value') {
      if (node.op === '&&' || node.op === '||') node.args.forEach(visit);
      else if (node.op === '!_') visit(node.args);
      return;
    }
    const inner = node.op === '&&' || node.op === '||' ? node.args : [];
    // Report the part that causes it instead of the whole.
    const parts = inner.filter((part) => staticValue(part) !== null && part.op !== 'value');
    if (parts.length > 0) {
      parts.forEach(visit);
      return;
    }
    const because = contradictionReason(node) ?? describeDomain(node);
    const reason = because === null ? '' : `: ${because}`;
    const message = `this is always ${String(known)}, whatever the request${reason}.`;
    faults.push(warn(subject, [...path, 'when'], message, node.start));
  };
  visit(rule.condition.ast);
  const whole = staticValue(rule.condition.ast);
  if (whole === false) {
    faults.push(warn(subject, [...path, 'when'], `rule "${rule.name}" never matches.`));
  }
  return faults;
}

/** Which parts of a chain make it always false or always true, and the operator that was probably meant. */
function contradictionReason(node: ASTNode): string | null {
  const found = contradictionIn(node);
  if (found === null) return null;
  const [one, other] = found.parts.map((part) => serialize(part));
  return node.op === '&&'
    ? `${one ?? ''} and ${other ?? ''} cannot both be true; write || if one of them is enough`
    : `${one ?? ''} or ${other ?? ''} is true for every value; write && if both are required`;
}

/** A share compared with this or more was probably meant as per cent: a budget is not to be spent twice. */
const PERCENT_FROM = 2;

/** Shares written as per cent, of fields whose range does not tell because they can be above 1. */
function percentages(subject: CheckedRules, { rule, path }: CheckedRule): readonly Fault[] {
  if (rule.condition === null) return [];
  const faults: Fault[] = [];
  walk(rule.condition.ast, new Set(), (node) => {
    if (!Array.isArray(node.args) || node.args.length !== 2) return;
    const sides = node.args.filter(
      (side): side is ASTNode => typeof side === 'object' && 'op' in side,
    );
    const field = sides.map(fieldOf).find((found) => found?.isShare === true);
    const compared = sides.map(constantOf).find((found) => typeof found === 'number');
    if (field === undefined || typeof compared !== 'number' || compared < PERCENT_FROM) return;
    const message = `${field?.name ?? ''} is a share: write ${compared / 100} for ${compared} %.`;
    faults.push(warn(subject, [...path, 'when'], message, node.start));
  });
  return faults;
}

/** Labels read without a test: if a request lacks one, the condition fails and the rule does not match. */
function unguardedLabels(subject: CheckedRules, { rule, path }: CheckedRule): readonly Fault[] {
  if (rule.condition === null) return [];
  const read = new Map<string, { start: number; map: string; key: string }>();
  const guarded = new Set<string>();
  walk(rule.condition.ast, new Set(), (node) => {
    const guard = guardOf(node);
    if (guard !== null) guarded.add(guard);
    const label = labelOf(node);
    if (label !== null) read.set(`${label.map} ${label.key}`, { ...label, start: node.start });
  });
  return Array.from(read)
    .filter(([id]) => !guarded.has(id))
    .map(([, { start, map, key }]) => {
      const message =
        `if ${map} has no "${key}", rule "${rule.name}" will not match;` +
        ` test first with "${key}" in ${map} && …, or set a default with ${map}[?"${key}"].orValue("").`;
      return warn(subject, [...path, 'when'], message, start);
    });
}

/** The label that is tested by `has(metadata.team)` or `"team" in metadata`. */
function guardOf(node: ASTNode): string | null {
  if (node.op === 'call' && node.args[0] === 'has') {
    const [argument] = node.args[1];
    const label = argument === undefined ? null : labelOf(argument);
    return label === null ? null : `${label.map} ${label.key}`;
  }
  if (node.op !== 'in') return null;
  const [item, group] = node.args;
  const map = mapOf(group);
  return map === null || item.op !== 'value' ? null : `${map} ${String(item.args)}`;
}

function labelOf(node: ASTNode): { map: string; key: string } | null {
  if (node.op !== '.' && node.op !== '[]') return null;
  const map = mapOf(node.args[0]);
  if (map === null) return null;
  if (node.op === '.') return { map, key: node.args[1] };
  const key = node.args[1];
  return key.op === 'value' ? { map, key: String(key.args) } : null;
}

function mapOf(node: ASTNode): string | null {
  if (node.op === 'id') return node.args === 'metadata' ? 'metadata' : null;
  if (node.op !== '.' || node.args[0].op !== 'id') return null;
  return node.args[0].args === 'key' && node.args[1] === 'metadata' ? 'key.metadata' : null;
}
