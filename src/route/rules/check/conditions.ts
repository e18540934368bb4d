import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import type { Fault } from '../../../core/errors.js';
import { walk } from '../condition-faults.js';
import { warn, type CheckedRule, type Subject } from './subject.js';
import { constantOf, fieldOf } from './fields.js';
import { contradictionIn, domain, verdict } from './verdict.js';

/** Conditions that never or always hold, and labels they read without asking whether they are there. */
export function checkConditions(subject: Subject): readonly Fault[] {
  return subject.rules.flatMap((rule) => [
    ...foregoneConclusions(subject, rule),
    ...percentages(subject, rule),
    ...unguardedLabels(subject, rule),
  ]);
}

function foregoneConclusions(subject: Subject, { rule, path }: CheckedRule): readonly Fault[] {
  if (rule.condition === null) return [];
  const faults: Fault[] = [];
  const visit = (node: ASTNode): void => {
    const known = verdict(node);
    if (known === null || node.op === 'value') {
      if (node.op === '&&' || node.op === '||') node.args.forEach(visit);
      else if (node.op === '!_') visit(node.args);
      return;
    }
    const inner = node.op === '&&' || node.op === '||' ? node.args : [];
    // The part that makes it so says more than the whole.
    const parts = inner.filter((part) => verdict(part) !== null && part.op !== 'value');
    if (parts.length > 0) {
      parts.forEach(visit);
      return;
    }
    const because = excluding(node) ?? domain(node);
    const reason = because === null ? '' : `: ${because}`;
    const message = `this is always ${String(known)}, whatever the request${reason}.`;
    faults.push(warn(subject, [...path, 'when'], message, node.start));
  };
  visit(rule.condition.ast);
  const whole = verdict(rule.condition.ast);
  if (whole === false) {
    faults.push(warn(subject, [...path, 'when'], `rule "${rule.name}" never matches.`));
  }
  return faults;
}

/** Which parts of a chain make it always false or always true, and what was probably meant. */
function excluding(node: ASTNode): string | null {
  const found = contradictionIn(node);
  if (found === null) return null;
  const [one, other] = found.parts.map((part) => serialize(part));
  return node.op === '&&'
    ? `nothing is both ${one ?? ''} and ${other ?? ''}; write || if one of them is enough`
    : `everything is ${one ?? ''} or ${other ?? ''}; write && if both are wanted`;
}

/** From this on a share is meant as per cent: nobody lets a budget be spent twice. */
const PERCENT_FROM = 2;

/** Shares that may be above 1, and so above 80 as far as anybody knows, written as per cent. */
function percentages(subject: Subject, { rule, path }: CheckedRule): readonly Fault[] {
  if (rule.condition === null) return [];
  const faults: Fault[] = [];
  walk(rule.condition.ast, new Set(), (node) => {
    if (!Array.isArray(node.args) || node.args.length !== 2) return;
    const sides = node.args.filter(
      (side): side is ASTNode => typeof side === 'object' && 'op' in side,
    );
    const field = sides.map(fieldOf).find((found) => found?.isShare === true);
    const given = sides.map(constantOf).find((found) => typeof found === 'number');
    if (field === undefined || typeof given !== 'number' || given < PERCENT_FROM) return;
    const message = `${field?.name ?? ''} is a share: write ${given / 100} for ${given} %.`;
    faults.push(warn(subject, [...path, 'when'], message, node.start));
  });
  return faults;
}

/** A label that a request lacks makes the condition fail, and the rule not match. */
function unguardedLabels(subject: Subject, { rule, path }: CheckedRule): readonly Fault[] {
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
        `where ${map} has no "${key}", rule "${rule.name}" will not match;` +
        ` ask first with: "${key}" in ${map} && …, or give a default with: ${map}[?"${key}"].orValue("").`;
      return warn(subject, [...path, 'when'], message, start);
    });
}

/** `has(metadata.team)` and `"team" in metadata` vouch for `metadata.team`. */
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
