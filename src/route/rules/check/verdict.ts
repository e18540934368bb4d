import type { ASTNode } from '@marcbachmann/cel-js';
import { FACT_FIELDS } from '../facts.js';

/**
 * What a condition comes to whatever the request: because it compares constants, or a field
 * with a value that the field never, or always, has.
 *
 * @returns `null` when that depends on the request
 */
export function verdict(ast: ASTNode): boolean | null {
  switch (ast.op) {
    case 'value':
      return typeof ast.args === 'boolean' ? ast.args : null;
    case '!_': {
      const inner = verdict(ast.args);
      return inner === null ? null : !inner;
    }
    case '&&':
    case '||': {
      const decisive = ast.op === '||';
      const [left, right] = ast.args.map(verdict);
      if (left === decisive || right === decisive) return decisive;
      return left === right ? (left ?? null) : null;
    }
    default:
      return isComparison(ast) ? comparison(ast.op, ast.args[0], ast.args[1]) : null;
  }
}

/** `request.format is one of text, json_object, json_schema`: what a field can be, for a message. */
export function domain(ast: ASTNode): string | null {
  if (!isComparison(ast)) return null;
  for (const side of ast.args) {
    const field = fieldOf(side);
    if (field?.values !== undefined) return `${field.name} is one of ${field.values.join(', ')}`;
    if (field?.range !== undefined) {
      const [least, most] = field.range;
      const upper = most === Infinity ? 'or more' : `to ${most}`;
      return `${field.name} is ${least} ${upper}`;
    }
  }
  return null;
}

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

function isComparison(ast: ASTNode): ast is Extract<ASTNode, { op: Comparison }> {
  return Object.hasOwn(HOLDS, ast.op);
}

/** For a value between `least` and `most`: does the comparison with `given` hold for all, or none? */
const HOLDS: Readonly<
  Record<Comparison, (least: number, most: number, given: number) => boolean | null>
> = {
  '==': (least, most, given) => (given < least || given > most ? false : null),
  '!=': (least, most, given) => (given < least || given > most ? true : null),
  '<': (least, most, given) => (most < given ? true : least >= given ? false : null),
  '<=': (least, most, given) => (most <= given ? true : least > given ? false : null),
  '>': (least, most, given) => (least > given ? true : most <= given ? false : null),
  '>=': (least, most, given) => (least >= given ? true : most < given ? false : null),
};

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function comparison(operator: Comparison, left: ASTNode, right: ASTNode): boolean | null {
  const [first, second] = [constantOf(left), constantOf(right)];
  if (first !== null && second !== null) return fixed(operator, first, second);
  if (first !== null) return ofField(MIRRORED[operator], fieldOf(right), first);
  return second === null ? null : ofField(operator, fieldOf(left), second);
}

function ofField(
  operator: Comparison,
  field: NamedField | null,
  given: number | string,
): boolean | null {
  if (field?.range !== undefined && typeof given === 'number') {
    return HOLDS[operator](...field.range, given);
  }
  if (field?.values === undefined || field.values.includes(String(given))) return null;
  return operator === '==' ? false : operator === '!=' ? true : null;
}

function fixed(operator: Comparison, left: number | string, right: number | string): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function constantOf(node: ASTNode): number | string | null {
  if (node.op !== 'value') return null;
  const value = node.args;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

interface NamedField {
  readonly name: string;
  readonly values?: readonly string[] | undefined;
  readonly range?: readonly [number, number] | undefined;
}

function fieldOf(node: ASTNode): NamedField | null {
  if (node.op !== '.' || node.args[0].op !== 'id') return null;
  const [owner, name] = [node.args[0].args, node.args[1]];
  const field = FACT_FIELDS[owner]?.[name];
  if (field === undefined) return null;
  return { name: `${owner}.${name}`, values: field.values, range: field.range };
}
