import type { ASTNode, ParseError, TypeError as ConditionTypeError } from '@marcbachmann/cel-js';
import { nearest } from '../../core/nearest.js';
import { constantFault } from './constant-fault.js';
import { FACT_FIELDS } from './facts.js';

/** An error in a condition. */
export interface ConditionFault {
  /** Characters from the start of the condition. */
  readonly offset: number;
  /** A sentence with a full stop. */
  readonly message: string;
}

const VARIABLES: readonly string[] = [...Object.keys(FACT_FIELDS), 'metadata'];

/** Macros that bind their first argument as a variable of their own. */
const BINDING_MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

const TYPE_NAMES: Readonly<Record<string, string>> = {
  bool: 'true or false',
  bytes: 'bytes',
  double: 'a number',
  dyn: 'a value of unknown type',
  'google.protobuf.Duration': 'a duration',
  'google.protobuf.Timestamp': 'a timestamp',
  int: 'a whole number',
  null: 'null',
  string: 'text',
};

/** A CEL type in plain words, with its article. */
export function typeName(type: string): string {
  if (type.startsWith('list')) return 'a list';
  if (type.startsWith('map')) return 'a map';
  if (type.startsWith('optional')) return 'a value that may be missing (add .orValue(…))';
  if (type.startsWith('facts.')) return `the whole of "${type.slice('facts.'.length)}"`;
  return TYPE_NAMES[type] ?? `a value of type ${type}`;
}

/** Finds unknown variables and fields, unavailable functions and invalid constants in a parsed condition. */
export function conditionFaults(ast: ASTNode): readonly ConditionFault[] {
  const faults: ConditionFault[] = [];
  walk(ast, new Set(), (node, bound) => {
    const message = nodeFault(node, bound);
    if (message !== null) faults.push({ offset: faultOffset(node), message });
    const constant = constantFault(node);
    if (constant !== null) faults.push(constant);
  });
  return faults.sort((a, b) => a.offset - b.offset);
}

/**
 * Visits a condition's nodes, outer ones first.
 *
 * @param bound - variables bound by the macros around the node
 */
export function walk(
  node: ASTNode,
  bound: ReadonlySet<string>,
  visit: (node: ASTNode, bound: ReadonlySet<string>) => void,
): void {
  visit(node, bound);
  const inner = isBinding(node) ? new Set([...bound, ...boundNames(node)]) : bound;
  for (const child of children(node)) walk(child, inner, visit);
}

function isBinding(node: ASTNode): boolean {
  return node.op === 'rcall' && BINDING_MACROS.has(node.args[0]);
}

function boundNames(node: ASTNode): readonly string[] {
  if (node.op !== 'rcall') return [];
  const variable = node.args[2][0];
  return variable?.op === 'id' ? [variable.args] : [];
}

/** The child nodes of a node. */
export function children(node: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isNode(value)) found.push(value);
  };
  collect(node.args);
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function nodeFault(node: ASTNode, bound: ReadonlySet<string>): string | null {
  switch (node.op) {
    case 'id':
      return bound.has(node.args) ? null : variableFault(node.args);
    case '.':
    case '.?':
      return fieldFault(node.args[0], node.args[1], bound);
    case 'rcall':
      return node.args[0] === 'matches'
        ? 'matches() is not available, because a regular expression can run for an unbounded time; use like("*word*"), contains, startsWith or endsWith.'
        : null;
    default:
      return null;
  }
}

function variableFault(name: string): string | null {
  // `cel` is the receiver of the macro cel.bind, `optional` that of optional.of; neither is a variable.
  if ([...VARIABLES, 'cel', 'optional', ...Object.keys(TYPE_NAMES)].includes(name)) return null;
  const hint = nearest(name, VARIABLES);
  if (hint !== null) return `there is no variable "${name}"; did you mean "${hint}"?`;
  return `there is no variable "${name}"; the variables are ${VARIABLES.join(', ')}, and text is written in quotes: "${name}".`;
}

function fieldFault(owner: ASTNode, field: string, bound: ReadonlySet<string>): string | null {
  if (owner.op !== 'id' || bound.has(owner.args)) return null;
  const fields = Object.keys(FACT_FIELDS[owner.args] ?? {});
  if (fields.length === 0 || fields.includes(field)) return null;
  return `"${owner.args}" has no field "${field}"${didYouMean(field, fields)}`;
}

function didYouMean(word: string, known: readonly string[]): string {
  const hint = nearest(word, known);
  return hint === null ? `; its fields are ${known.join(', ')}.` : `; did you mean "${hint}"?`;
}

/** Points at the field of `request.imagez`, not at its owner. */
function faultOffset(node: ASTNode): number {
  if (node.op !== '.' && node.op !== '.?') return node.start;
  return node.end - node.args[1].length;
}

/** Translates an error of the CEL library into a plain message. */
export function faultOfError(error: ParseError | ConditionTypeError, text: string): ConditionFault {
  const range = error.range ?? { start: 0, end: text.length };
  const source = text.slice(range.start, range.end);
  const message = OPERATOR_HINTS[source] ?? sentence(error, source);
  return { offset: range.start, message };
}

const OPERATOR_HINTS: Readonly<Record<string, string>> = {
  and: 'write && for "and".',
  AND: 'write && for "and".',
  '&': 'write && for "and".',
  or: 'write || for "or".',
  OR: 'write || for "or".',
  '|': 'write || for "or".',
  not: 'write ! for "not".',
  NOT: 'write ! for "not".',
  '=': 'write == to compare.',
};

function sentence({ code, summary }: ParseError | ConditionTypeError, source: string): string {
  switch (code) {
    case 'no_such_overload':
      return operatorSentence(summary);
    case 'invalid_logical_operand':
      return `"&&" and "||" combine conditions and cannot be applied to ${typeName(quoted(summary))}.`;
    case 'no_matching_overload':
      return functionSentence(quoted(summary));
    case 'expected_token': {
      const missing = TOKENS[/^Expected (\w+)/.exec(summary)?.[1] ?? ''];
      return missing === undefined ? `${summary}.` : `a "${missing}" is missing here.`;
    }
    case 'unexpected_character':
    case 'unexpected_token':
      return source === ''
        ? 'the condition is incomplete.'
        : `unexpected "${source}"; an operator or a bracket may be missing before it.`;
    case 'unterminated_string':
      return 'the closing quote of this text is missing.';
    default:
      return `${summary.charAt(0).toLowerCase()}${summary.slice(1)}.`;
  }
}

/** Turns `no such overload: int == string` into a message about the operator and its operands. */
function operatorSentence(summary: string): string {
  const parts = /: (?:(\S.*?) )?(==|!=|<=?|>=?|[-+*/%!]|in)\s?(\S.*)$/.exec(summary);
  const [, left, operator, right] = parts ?? [];
  if (operator === undefined || right === undefined) return `${summary}.`;
  return left === undefined
    ? `"${operator}" cannot be applied to ${typeName(right)}.`
    : `"${operator}" cannot be applied to ${typeName(left)} and ${typeName(right)}.`;
}

/** Turns `string.containz(string)` into a message with the function that was probably meant. */
function functionSentence(call: string): string {
  if (call.startsWith('list.contains(')) {
    return 'contains() works on text; for a list, write "search" in request.tools.';
  }
  const name = /(\w+)\(/.exec(call)?.[1] ?? call;
  if (!FUNCTIONS.includes(name)) {
    const hint = nearest(name, FUNCTIONS);
    return `there is no function "${name}"${hint === null ? '.' : `; did you mean "${hint}"?`}`;
  }
  return `${name}() cannot be used like this: ${call.replaceAll('facts.', '')}.`;
}

const TOKENS: Readonly<Record<string, string>> = {
  RPAREN: ')',
  RBRACKET: ']',
  RBRACE: '}',
  COLON: ':',
};

/** Functions that are useful in rules, to be suggested for misspelt ones. */
const FUNCTIONS: readonly string[] = [
  ...['contains', 'startsWith', 'endsWith', 'like', 'share', 'lowerAscii', 'upperAscii', 'trim'],
  ...['size', 'has', 'orValue', 'all', 'exists', 'exists_one', 'split', 'indexOf', 'substring'],
  ...['int', 'double', 'string', 'timestamp', 'duration', 'getHours', 'getMinutes'],
  ...['getDayOfWeek', 'getDayOfMonth', 'getMonth', 'getFullYear'],
];

function quoted(summary: string): string {
  return /'(.*)'/.exec(summary)?.[1] ?? 'this';
}
