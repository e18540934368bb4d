import type { ASTNode } from '@marcbachmann/cel-js';
import { walk } from './condition-faults.js';
import { FACT_FIELDS } from './facts.js';

/**
 * What kind of fact it is that a condition reads.
 *
 * - `aside`: who asks and how, which stands beside the question: labels, key, stream
 * - `wording`: what differs between two questions that mean the same
 * - `asked`: what any two requests share that have all but their last question in common
 * - `moment`: when it is asked, and what has been spent by then
 */
export type FactKind = 'aside' | 'wording' | 'asked' | 'moment';

/** Of a variable's fields, where they are not all of one kind. */
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

/** The kinds of all that a condition reads. */
export function readsOf(condition: ASTNode): ReadonlySet<FactKind> {
  const kinds = new Set<FactKind>();
  const owners = new Set<ASTNode>();
  walk(condition, new Set(), (node, bound) => {
    if ((node.op === '.' || node.op === '.?') && node.args[0].op === 'id') {
      const [owner, field] = node.args;
      owners.add(owner);
      if (!bound.has(owner.args)) kinds.add(kindOf(owner.args, field));
    } else if (node.op === 'id' && !bound.has(node.args) && !owners.has(node)) {
      // Taken as a whole, as by cel.bind: any field of it may be read.
      for (const kind of kindsWithin(node.args)) kinds.add(kind);
    }
  });
  return kinds;
}

function kindsWithin(variable: string): readonly FactKind[] {
  if (variable === 'metadata') return ['aside'];
  return Object.keys(FACT_FIELDS[variable] ?? {}).map((field) => kindOf(variable, field));
}

/** Every field that a condition can read, as `variable.field`, with its kind. */
export function kindsOfFacts(): ReadonlyMap<string, FactKind> {
  const fields = Object.entries(FACT_FIELDS).flatMap(([variable, of]) =>
    Object.keys(of).map((field) => [`${variable}.${field}`, kindOf(variable, field)] as const),
  );
  return new Map(fields);
}

function kindOf(variable: string, field: string): FactKind {
  return KIND_OF_FIELD[`${variable}.${field}`] ?? KIND_OF_VARIABLE[variable] ?? 'aside';
}
