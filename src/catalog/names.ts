import type { Model } from '../core/model.js';

/** Everything that leads to a model; lower-case names in, the model or nothing out. */
export type NameIndex = ReadonlyMap<string, Model>;

/** A model together with the other names it goes by. */
export interface NamedModel {
  readonly model: Model;
  readonly aliases: readonly string[];
}

/**
 * Indexes every name that clients may use.
 *
 * A model's id comes before all else, then aliases, then the bare name without its vendor,
 * then what providers call it (`llama-3.3-70b-versatile`, also as `groq/llama-3.3-70b-versatile`).
 * A name that would mean two models at the same level means neither: a guess could be expensive.
 */
export function indexNames(models: Iterable<NamedModel>): NameIndex {
  const all = [...models];
  const levels: ((named: NamedModel) => readonly string[])[] = [
    ({ model }) => [model.id],
    ({ aliases }) => aliases,
    ({ model }) => [bareName(model.id)],
    ({ model }) => model.hosts.map((host) => `${host.provider}/${host.model}`),
    ({ model }) => model.hosts.map((host) => host.model),
  ];
  const index = new Map<string, Model | null>();
  for (const namesOf of levels) {
    // An ambiguous name stays one: a lower level must not answer what a higher one would not.
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

/** What each name of one level means; `null` for a name that means several models. */
function meanings(
  all: readonly NamedModel[],
  namesOf: (named: NamedModel) => readonly string[],
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
