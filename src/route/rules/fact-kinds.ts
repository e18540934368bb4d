import type { ASTNode } from '@marcbachmann/cel-js';
import { walk } from './condition-faults.js';
import { FACT_FIELDS } from './facts.js';

/**
 * The kinds of facts that a condition reads, by what may differ between a request and one that the cache has an answer to.
 *
 * - `aside`: properties beside the question, such as labels, key and stream
 * - `wording`: may differ between two questions with the same meaning
 * - `asked`: equal for any two requests that differ only in their last question
 * - `moment`: the time, and what has been spent until then
 */
export type FactKind = 'aside' | 'wording' | 'asked' | 'moment';

/** Kinds of fields that differ from their variable's. */
const KIND_OF_FIELD: Readonly<Record<string, FactKind>> = {
  'request.model': 'aside',
  'request.stream': 'aside',
  'request.text': 'wording',
  'request.personal_data': 'wording',
};

const KIND_OF_VARIABLE: Readonly<Record<string, FactKind>> = {
  request: 'asked',
  features: 'wording',
  key: 'aside',
  metadata: 'aside',
  time: 'moment',
  budget: 'moment',
};

/** The kinds of the facts that a condition reads. */
export function factKindsRead(condition: ASTNode): ReadonlySet<FactKind> {
  const kinds = new Set<FactKind>();
  const owners = new Set<ASTNode>();
  walk(condition, new Set(), (node, bound) => {
    if ((node.op === '.' || node.op === '.?') && node.args[0].op === 'id') {
      const [owner, field] = node.args;
      owners.add(owner);
      if (!bound.has(owner.args)) kinds.add(kindOf(owner.args, field));
    } else if (node.op === 'id' && !bound.has(node.args) && !owners.has(node)) {
      // Used as a whole, as by cel.bind: any of its fields may be read.
      for (const kind of kindsOfVariable(node.args)) kinds.add(kind);
    }
  });
  return kinds;
}

function kindsOfVariable(variable: string): readonly FactKind[] {
  if (variable === 'metadata') return ['aside'];
  return Object.keys(FACT_FIELDS[variable] ?? {}).map((field) => kindOf(variable, field));
}

/** The kind of every field that a condition can read, by `variable.field`. */
export function factKinds(): ReadonlyMap<string, FactKind> {
  const fields = Object.entries(FACT_FIELDS).flatMap(([variable, of]) =>
    Object.keys(of).map((field) => [`${variable}.${field}`, kindOf(variable, field)] as const),
  );
  return new Map(fields);
}

function kindOf(variable: string, field: string): FactKind {
  return KIND_OF_FIELD[`${variable}.${field}`] ?? KIND_OF_VARIABLE[variable] ?? 'aside';
}
