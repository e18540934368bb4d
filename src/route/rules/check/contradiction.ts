import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import { walk } from '../condition-faults.js';
import { constantOf, fieldOf, textsOf } from './fields.js';

/** Two parts of a condition of which no request fulfils both, or every request one. */
export interface Contradiction {
  readonly parts: readonly [ASTNode, ASTNode];
}

/** Enough for any condition that a person writes; pairs grow with the square. */
const MAX_PARTS = 40;

/**
 * Finds two parts that exclude each other, as `time.hour >= 22 && time.hour < 6` does.
 *
 * @param joined - `&&`: no request fulfils both; `||`: no request fulfils neither
 * @returns `null` where there are none, as far as comparisons with constants tell
 */
export function contradiction(
  parts: readonly ASTNode[],
  joined: '&&' | '||',
): Contradiction | null {
  const demands = parts
    .slice(0, MAX_PARTS)
    .flatMap((part) => demandOf(part, joined === '||') ?? []);
  for (const [i, one] of demands.entries()) {
    const other = demands.slice(i + 1).find((later) => excludes(one, later));
    if (other !== undefined) return { parts: [one.part, other.part] };
  }
  return null;
}

/** What a part wants of what it compares. */
interface Demand {
  readonly part: ASTNode;
  /** What is compared, normalised. */
  readonly subject: string;
  /** Numbers within these bounds, each of which may be excluded itself. */
  readonly within?: Interval;
  readonly oneOf?: readonly (number | string)[];
  readonly noneOf?: readonly (number | string)[];
}

interface Interval {
  readonly least: number;
  readonly most: number;
  readonly isOpen: boolean;
}

type Order = '==' | '!=' | '<' | '<=' | '>' | '>=';

const NEGATED: Readonly<Record<Order, Order>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

const MIRRORED: Readonly<Record<Order, Order>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function demandOf(part: ASTNode, isNegated: boolean): Demand | null {
  const wanted = wantOf(part, isNegated);
  if (wanted === null || !isSure(wanted.of)) return null;
  const { of, ...bounds } = wanted;
  return { ...bounds, part, subject: serialize(of) };
}

type Want = Pick<Demand, 'within' | 'oneOf' | 'noneOf'>;

function wantOf(part: ASTNode, isNegated: boolean): (Want & { readonly of: ASTNode }) | null {
  if (part.op === '!_') return wantOf(part.args, !isNegated);
  if (part.op === 'in') {
    const [of, list] = part.args;
    const texts = textsOf(list);
    if (texts === null) return null;
    return isNegated ? { of, noneOf: texts } : { of, oneOf: texts };
  }
  if (!isOrder(part)) return null;
  const [left, right] = part.args;
  const order = isNegated ? NEGATED[part.op] : part.op;
  return (
    comparison(order, left, constantOf(right)) ??
    comparison(MIRRORED[order], right, constantOf(left))
  );
}

function isOrder(node: ASTNode): node is Extract<ASTNode, { op: Order }> {
  return Object.hasOwn(NEGATED, node.op);
}

function comparison(
  order: Order,
  of: ASTNode,
  given: number | string | null,
): (Want & { readonly of: ASTNode }) | null {
  if (given === null) return null;
  if (order === '==') return { of, oneOf: [given] };
  if (order === '!=') return { of, noneOf: [given] };
  if (typeof given === 'string') return null;
  const isOpen = order === '<' || order === '>';
  return order === '<' || order === '<='
    ? { of, within: { least: -Infinity, most: given, isOpen } }
    : { of, within: { least: given, most: Infinity, isOpen } };
}

function excludes(one: Demand, other: Demand): boolean {
  if (one.subject !== other.subject) return false;
  const [oneOf, rest] = one.oneOf === undefined ? [other.oneOf, one] : [one.oneOf, other];
  if (oneOf !== undefined) return oneOf.every((value) => !isWithin(value, rest));
  if (one.within === undefined || other.within === undefined) return false;
  const least = Math.max(one.within.least, other.within.least);
  const most = Math.min(one.within.most, other.within.most);
  if (least !== most) return least > most;
  return one.within.isOpen || other.within.isOpen;
}

function isWithin(value: number | string, { within, oneOf, noneOf }: Demand): boolean {
  if (oneOf !== undefined) return oneOf.includes(value);
  if (noneOf !== undefined) return !noneOf.includes(value);
  if (within === undefined || typeof value === 'string') return true;
  const { least, most, isOpen } = within;
  return isOpen ? value > least && value < most : value >= least && value <= most;
}

const SURE_METHODS = new Set(['lowerAscii', 'upperAscii', 'trim', 'size', 'share', 'orValue']);

/** Whether a value can be computed for every request: one that cannot makes neither true nor false. */
function isSure(node: ASTNode): boolean {
  let isKnown = true;
  walk(node, new Set(), (inner) => {
    if (inner.op === 'rcall')
      isKnown &&= SURE_METHODS.has(inner.args[0]) || fieldOf(inner) !== null;
    else if (inner.op === '.') isKnown &&= fieldOf(inner) !== null;
    else isKnown &&= ['id', 'value', '.?', '[?]'].includes(inner.op);
  });
  return isKnown;
}
