import type { Model } from '../core/model.js';

/** Models by every unambiguous name, in lower case. */
export type NameIndex = ReadonlyMap<string, Model>;

/** A model with its aliases. */
export interface ModelWithAliases {
  readonly model: Model;
  readonly aliases: readonly string[];
}

/**
 * Indexes every name that clients may use.
 *
 * Ids take precedence, then aliases, then ids without the vendor, then the providers' names
 * (`groq/llama-3.3-70b-versatile`, then `llama-3.3-70b-versatile`). A name that two models have at the
 * same level refers to neither: a guess could be expensive.
 */
export function indexNames(models: Iterable<ModelWithAliases>): NameIndex {
  const all = [...models];
  const levels: ((named: ModelWithAliases) => readonly string[])[] = [
    ({ model }) => [model.id],
    ({ aliases }) => aliases,
    ({ model }) => [bareName(model.id)],
    ({ model }) => model.hosts.map((host) => `${host.provider}/${host.model}`),
    ({ model }) => model.hosts.map((host) => host.model),
  ];
  const index = new Map<string, Model | null>();
  for (const namesOf of levels) {
    // An ambiguous name stays ambiguous: a lower level must not resolve it.
    for (const [name, model] of meanings(all, namesOf)) {
      if (!index.has(name)) index.set(name, model);
    }
  }
  return new Map([...index].filter((entry): entry is [string, Model] => entry[1] !== null));
}

/** A model's id without its vendor. */
export function bareName(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

/** The model of each name at one level; `null` for an ambiguous name. */
function meanings(
  all: readonly ModelWithAliases[],
  namesOf: (named: ModelWithAliases) => readonly string[],
): Map<string, Model | null> {
  const found = new Map<string, Model | null>();
  for (const named of all) {
    for (const name of namesOf(named).map((text) => text.toLowerCase())) {
      const other = found.get(name);
      const same = other === undefined || other === named.model;
      found.set(name, same ? named.model : null);
    }
  }
  return found;
}
