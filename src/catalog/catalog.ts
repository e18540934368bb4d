import { createHash } from 'node:crypto';

import { FaultyFileError } from '../core/errors.js';
import type { Host, Model } from '../core/model.js';
import { nearest } from '../core/nearest.js';
import { blankModel, overridden } from './entry.js';
import { bareName, indexNames, type NameIndex, type NamedModel } from './names.js';
import type { ModelOverrides } from './schema.js';

// As long as git's short hashes with room to spare: enough to tell revisions apart, short in a log.
const REVISION_LENGTH = 12;

/** A thing that is wrong with an override, and where in the overrides it stands. */
export interface OverrideFault {
  readonly path: readonly string[];
  /** A plain sentence that ends in a full stop. */
  readonly message: string;
}

/** A provider under a name of the operator's, and the known one whose models it has. */
export interface Place {
  readonly name: string;
  readonly kind: string;
}

/** Every model that the gateway knows of, by every name it goes by. Never changes. */
export class Catalog {
  /** By id, in the order of the ids. */
  readonly models: ReadonlyMap<string, Model>;
  /** First 12 hex digits of the SHA-256 over all models: equal figures, equal revision. */
  readonly revision: string;
  readonly #named: readonly NamedModel[];
  readonly #names: NameIndex;

  /** @param named - ids are unique */
  constructor(named: readonly NamedModel[]) {
    this.#named = named.toSorted((a, b) => (a.model.id < b.model.id ? -1 : 1));
    this.models = new Map(this.#named.map(({ model }) => [model.id, model]));
    this.#names = indexNames(this.#named);
    this.revision = hash(this.#named);
  }

  /**
   * The model that a client means, by id, alias, name without vendor, or a provider's name for
   * it; upper and lower case are the same.
   *
   * @returns `undefined` for a name that nobody has, and for one that several models have
   */
  find(name: string): Model | undefined {
    return this.#names.get(name.toLowerCase());
  }

  /** The id of the model that a misspelt name most likely meant; `null` rather than a wild guess. */
  suggest(name: string): string | null {
    const known = name.includes('/') ? this.models.keys() : this.#bareNames();
    const hint = nearest(name, known) ?? nearest(name, this.#names.keys());
    return hint === null ? null : (this.find(hint)?.id ?? null);
  }

  /**
   * What of the overrides this catalog cannot take: a model that is neither known nor has hosts,
   * or a price at a provider where the model does not run.
   */
  overrideFaults(overrides: ModelOverrides): readonly OverrideFault[] {
    return Object.entries(overrides).flatMap(([id, override]) => {
      const model = this.models.get(id);
      const hosts = override.hosts ?? model?.hosts;
      if (hosts === undefined) return [{ path: [id], message: this.#unknown(id) }];
      return Object.keys(override.prices ?? {})
        .filter((provider) => hosts.every((host) => host.provider !== provider))
        .map((provider) => ({
          path: [id, 'prices', provider],
          message: `"${id}" does not run at "${provider}"; its hosts: ${hosts
            .map((host) => host.provider)
            .join(', ')}.`,
        }));
    });
  }

  /**
   * The catalog with an operator's models added, and single fields of others replaced.
   *
   * @throws {FaultyFileError} with all that `overrideFaults` finds, without places
   */
  withOverrides(overrides: ModelOverrides): Catalog {
    const faults = this.overrideFaults(overrides);
    if (faults.length > 0) throw new FaultyFileError(faults.map(withoutPlace));
    const named = new Map(this.#named.map((one) => [one.model.id, one]));
    for (const [id, override] of Object.entries(overrides)) {
      named.set(id, overridden(named.get(id) ?? blankModel(id), override));
    }
    return new Catalog([...named.values()]);
  }

  /**
   * The catalog with each model at every place of the kind that it runs at, at the price there.
   *
   * @param places - providers by name, and whose models they have; best first among those of one kind
   */
  withPlaces(places: readonly Place[]): Catalog {
    if (places.every(({ name, kind }) => name === kind)) return this;
    return new Catalog(
      this.#named.map(({ model, aliases }) => ({
        model: { ...model, hosts: model.hosts.flatMap((host) => hostsAt(host, places)) },
        aliases,
      })),
    );
  }

  #unknown(id: string): string {
    const hint = this.suggest(id);
    const other = hint === null ? '' : ` Did you mean "${hint}"?`;
    return `the catalog has no model "${id}", and a new one needs "hosts".${other}`;
  }

  #bareNames(): string[] {
    return [...this.models.keys()].map(bareName);
  }
}

/** One host for each place of its kind; that of the kind itself comes last where it is not among them. */
function hostsAt(host: Host, places: readonly Place[]): readonly Host[] {
  const names = places.filter(({ kind }) => kind === host.provider).map(({ name }) => name);
  const all = names.includes(host.provider) ? names : [...names, host.provider];
  return all.map((provider) => ({ ...host, provider }));
}

function withoutPlace({ path, message }: OverrideFault): {
  file: string;
  line: number;
  column: number;
  message: string;
  severity: 'error';
} {
  return {
    file: ['models', ...path].join('.'),
    line: 0,
    column: 0,
    message,
    severity: 'error',
  };
}

function hash(named: readonly NamedModel[]): string {
  const content = named.map(({ model, aliases }) => ({
    ...model,
    capabilities: [...model.capabilities].toSorted(),
    benchmarks: Object.entries(model.benchmarks).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    aliases: aliases.toSorted(),
  }));
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return digest.slice(0, REVISION_LENGTH);
}
