import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import { CALENDAR } from '../calendar.js';
import { FACT_FIELDS } from '../facts.js';

/** A field that a condition can compare, with the constraints on its values. */
export interface NamedField {
  readonly name: string;
  /** All possible values. */
  readonly values?: readonly string[] | undefined;
  /** The smallest and the largest value. */
  readonly range?: readonly [number, number] | undefined;
  /** The format of every value. */
  readonly form?: { readonly pattern: RegExp; readonly example: string } | undefined;
  readonly isShare?: boolean | undefined;
}

const SHARE = [0, 1] as const;

/** The field that a node reads, such as `request.images` or `time.now.getHours("Asia/Tokyo")`; `null` for any other node. */
export function fieldOf(node: ASTNode): NamedField | null {
  if (node.op === 'rcall') {
    const [method, receiver] = node.args;
    if (method === 'share') return { name: serialize(node), range: SHARE };
    const range = Object.hasOwn(CALENDAR, method) ? CALENDAR[method]?.range : undefined;
    if (range === undefined || fieldOf(receiver)?.name !== 'time.now') return null;
    return { name: serialize(node), range };
  }
  if (node.op !== '.' || node.args[0].op !== 'id') return null;
  const [owner, name] = [node.args[0].args, node.args[1]];
  const field = FACT_FIELDS[owner]?.[name];
  if (field === undefined) return null;
  const { values, range, form, isShare } = field;
  return { name: `${owner}.${name}`, values, range, form, isShare };
}

/** Whether a text can be a value of a field. */
export function isPossibleValue({ values, form }: NamedField, text: string): boolean {
  if (values !== undefined) return values.includes(text);
  return form === undefined || form.pattern.test(text);
}

/** The possible values of a field, as a sentence without its full stop; `null` if nothing is known. */
export function describeValues({ name, values, range, form }: NamedField): string | null {
  if (values !== undefined) return `${name} is one of ${values.join(', ')}`;
  if (form !== undefined) return `${name} is written like "${form.example}"`;
  if (range === undefined) return null;
  const [least, most] = range;
  return `${name} is ${least} ${most === Infinity ? 'or more' : `to ${most}`}`;
}

/** The number or text of a literal; `null` for any other node. */
export function constantOf(node: ASTNode | undefined): number | string | null {
  if (node?.op !== 'value') return null;
  const value = node.args;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/** The texts of a list literal; `null` for any other node. */
export function textsOf(node: ASTNode): readonly string[] | null {
  if (node.op !== 'list') return null;
  const texts = node.args.map(constantOf);
  return texts.every((text) => typeof text === 'string') ? texts : null;
}
