import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import { walk } from '../condition-faults.js';
import { constantOf, fieldOf, textsOf } from './fields.js';

/** Two parts of a condition that no request fulfils together, or of which every request fulfils one. */
export interface Contradiction {
  readonly parts: readonly [ASTNode, ASTNode];
}

/** Parts that are compared in pairs; enough for any handwritten condition. */
const MAX_PARTS = 40;

/**
 * Finds two parts that exclude each other, as `time.hour >= 22 && time.hour < 6` does.
 *
 * @param joined - `&&`: no request fulfils both; `||`: no request fulfils neither
 * @returns `null` if comparisons with constants show none
 */
export function contradiction(
  parts: readonly ASTNode[],
  joined: '&&' | '||',
): Contradiction | null {
  const restrictions = parts
    .slice(0, MAX_PARTS)
    .flatMap((part) => restrictionOf(part, joined === '||') ?? []);
  for (const [i, one] of restrictions.entries()) {
    const other = restrictions.slice(i + 1).find((later) => excludes(one, later));
    if (other !== undefined) return { parts: [one.part, other.part] };
  }
  return null;
}

/** The values that a part allows for what it compares. */
interface Restriction {
  readonly part: ASTNode;
  /** The compared expression, normalised. */
  readonly subject: string;
  /** Numbers within these bounds; the bounds themselves are excluded if `isOpen`. */
  readonly within?: Interval;
  readonly oneOf?: readonly (number | string)[];
  readonly noneOf?: readonly (number | string)[];
}

interface Interval {
  readonly least: number;
  readonly most: number;
  readonly isOpen: boolean;
}

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

const NEGATED: Readonly<Record<Comparison, Comparison>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function restrictionOf(part: ASTNode, isNegated: boolean): Restriction | null {
  const allowed = allowedBy(part, isNegated);
  if (allowed === null || !isAlwaysDefined(allowed.of)) return null;
  const { of, ...bounds } = allowed;
  return { ...bounds, part, subject: serialize(of) };
}

type AllowedValues = Pick<Restriction, 'within' | 'oneOf' | 'noneOf'>;

function allowedBy(
  part: ASTNode,
  isNegated: boolean,
): (AllowedValues & { readonly of: ASTNode }) | null {
  if (part.op === '!_') return allowedBy(part.args, !isNegated);
  if (part.op === 'in') {
    const [of, list] = part.args;
    const texts = textsOf(list);
    if (texts === null) return null;
    return isNegated ? { of, noneOf: texts } : { of, oneOf: texts };
  }
  if (!isComparison(part)) return null;
  const [left, right] = part.args;
  const order = isNegated ? NEGATED[part.op] : part.op;
  return (
    comparison(order, left, constantOf(right)) ??
    comparison(MIRRORED[order], right, constantOf(left))
  );
}

function isComparison(node: ASTNode): node is Extract<ASTNode, { op: Comparison }> {
  return Object.hasOwn(NEGATED, node.op);
}

function comparison(
  order: Comparison,
  of: ASTNode,
  constant: number | string | null,
): (AllowedValues & { readonly of: ASTNode }) | null {
  if (constant === null) return null;
  if (order === '==') return { of, oneOf: [constant] };
  if (order === '!=') return { of, noneOf: [constant] };
  if (typeof constant === 'string') return null;
  const isOpen = order === '<' || order === '>';
  return order === '<' || order === '<='
    ? { of, within: { least: -Infinity, most: constant, isOpen } }
    : { of, within: { least: constant, most: Infinity, isOpen } };
}

function excludes(one: Restriction, other: Restriction): boolean {
  if (one.subject !== other.subject) return false;
  const [oneOf, rest] = one.oneOf === undefined ? [other.oneOf, one] : [one.oneOf, other];
  if (oneOf !== undefined) return oneOf.every((value) => !isWithin(value, rest));
  if (one.within === undefined || other.within === undefined) return false;
  const least = Math.max(one.within.least, other.within.least);
  const most = Math.min(one.within.most, other.within.most);
  if (least !== most) return least > most;
  return one.within.isOpen || other.within.isOpen;
}

function isWithin(value: number | string, { within, oneOf, noneOf }: Restriction): boolean {
  if (oneOf !== undefined) return oneOf.includes(value);
  if (noneOf !== undefined) return !noneOf.includes(value);
  if (within === undefined || typeof value === 'string') return true;
  const { least, most, isOpen } = within;
  return isOpen ? value > least && value < most : value >= least && value <= most;
}

const SAFE_METHODS = new Set(['lowerAscii', 'upperAscii', 'trim', 'size', 'share', 'orValue']);

/** Whether an expression can be evaluated for every request: a failing one is neither true nor false. */
function isAlwaysDefined(node: ASTNode): boolean {
  let isKnown = true;
  walk(node, new Set(), (inner) => {
    if (inner.op === 'rcall')
      isKnown &&= SAFE_METHODS.has(inner.args[0]) || fieldOf(inner) !== null;
    else if (inner.op === '.') isKnown &&= fieldOf(inner) !== null;
    else isKnown &&= ['id', 'value', '.?', '[?]'].includes(inner.op);
  });
  return isKnown;
}
