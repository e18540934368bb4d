import type { ASTNode } from '@marcbachmann/cel-js';
import { contradiction, type Contradiction } from './contradiction.js';
import {
  isPossibleValue,
  constantOf,
  fieldOf,
  describeValues,
  textsOf,
  type NamedField,
} from './fields.js';

/**
 * Evaluates a condition statically: it may compare constants, or a field with a value that the
 * field never or always has.
 *
 * @returns `null` if the value depends on the request
 */
export function staticValue(ast: ASTNode): boolean | null {
  switch (ast.op) {
    case 'value':
      return typeof ast.args === 'boolean' ? ast.args : null;
    case '!_': {
      const inner = staticValue(ast.args);
      return inner === null ? null : !inner;
    }
    case '&&':
    case '||':
      return chain(ast);
    case 'in':
      return membership(ast.args[0], ast.args[1]);
    default:
      return isComparison(ast) ? comparison(ast.op, ast.args[0], ast.args[1]) : null;
  }
}

function chain(ast: Extract<ASTNode, { op: '&&' | '||' }>): boolean | null {
  const decisive = ast.op === '||';
  const [left, right] = ast.args.map(staticValue);
  if (left === decisive || right === decisive) return decisive;
  if (contradictionIn(ast) !== null) return decisive;
  return left === right ? (left ?? null) : null;
}

/** Two parts of a chain of `&&` or `||` that determine its value for every request. */
export function contradictionIn(ast: ASTNode): Contradiction | null {
  if (ast.op !== '&&' && ast.op !== '||') return null;
  return contradiction(operandsOf(ast.op, ast), ast.op);
}

/** The operands of a chain such as `a && b && c`. */
export function operandsOf(sign: '&&' | '||', ast: ASTNode): readonly ASTNode[] {
  return ast.op === sign ? ast.args.flatMap((part) => operandsOf(sign, part)) : [ast];
}

/** The possible values of a compared field, for a message: `request.format is one of text, json_object, json_schema`. */
export function describeDomain(ast: ASTNode): string | null {
  if (!isComparison(ast) && ast.op !== 'in') return null;
  for (const side of ast.args) {
    const field = fieldOf(side);
    const known = field === null ? null : describeValues(field);
    if (known !== null) return known;
  }
  return null;
}

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

function isComparison(ast: ASTNode): ast is Extract<ASTNode, { op: Comparison }> {
  return Object.hasOwn(HOLDS, ast.op);
}

/** Whether comparing any value between `least` and `most` with `given` is always true or always false; else `null`. */
const HOLDS: Readonly<
  Record<Comparison, (least: number, most: number, constant: number) => boolean | null>
> = {
  '==': (least, most, constant) => (constant < least || constant > most ? false : null),
  '!=': (least, most, constant) => (constant < least || constant > most ? true : null),
  '<': (least, most, constant) => (most < constant ? true : least >= constant ? false : null),
  '<=': (least, most, constant) => (most <= constant ? true : least > constant ? false : null),
  '>': (least, most, constant) => (least > constant ? true : most <= constant ? false : null),
  '>=': (least, most, constant) => (least >= constant ? true : most < constant ? false : null),
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
  if (first !== null && second !== null) return compareConstants(operator, first, second);
  if (first !== null) return compareField(MIRRORED[operator], fieldOf(right), first);
  return second === null ? null : compareField(operator, fieldOf(left), second);
}

function compareField(
  operator: Comparison,
  field: NamedField | null,
  constant: number | string,
): boolean | null {
  if (field?.range !== undefined && typeof constant === 'number') {
    return HOLDS[operator](...field.range, constant);
  }
  if (field === null || typeof constant !== 'string' || isPossibleValue(field, constant))
    return null;
  return operator === '==' ? false : operator === '!=' ? true : null;
}

function compareConstants(
  operator: Comparison,
  left: number | string,
  right: number | string,
): boolean {
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

/** `features.language in ["german"]`, `"mail" in request.personal_data` */
function membership(item: ASTNode, group: ASTNode): boolean | null {
  const [field, texts] = [fieldOf(item), textsOf(group)];
  if (field !== null && texts !== null) {
    return texts.some((text) => isPossibleValue(field, text)) ? null : false;
  }
  const [list, text] = [fieldOf(group), constantOf(item)];
  return list === null || typeof text !== 'string' || isPossibleValue(list, text) ? null : false;
}
