import { createHash } from 'node:crypto';

import { FaultyFileError } from '../core/errors.js';
import type { Host, Model } from '../core/model.js';
import { isSameSize, statedSize } from '../core/model-size.js';
import { nearest } from '../core/nearest.js';
import { blankModel, applyOverride } from './entry.js';
import { bareName, indexNames, type NameIndex, type ModelWithAliases } from './names.js';
import type { ModelOverrides } from './schema.js';

// Long enough to tell revisions apart, short enough for a log line.
const REVISION_LENGTH = 12;
const OLLAMA = 'ollama';
/** Tags of models that continue texts and do not chat: `8b-text-q4_0`, `1.5b-base`. */
const BASE_MODEL = /(?:^|-)(?:base|text)(?:-|$)/;

/** An error in the overrides, with its path in them. */
export interface OverrideFault {
  readonly path: readonly string[];
  /** A plain sentence that ends in a full stop. */
  readonly message: string;
}

/** A configured provider: its name, and the known provider whose models it serves. */
export interface Place {
  readonly name: string;
  readonly kind: string;
}

/** All models that the gateway knows, by every name they have. Immutable. */
export class Catalog {
  /** By id, in the order of the ids. */
  readonly models: ReadonlyMap<string, Model>;
  /** First 12 hex digits of the SHA-256 over all models: equal contents have equal revisions. */
  readonly revision: string;
  readonly #named: readonly ModelWithAliases[];
  readonly #names: NameIndex;

  /** @param named - ids are unique */
  constructor(named: readonly ModelWithAliases[]) {
    this.#named = named.toSorted((a, b) => (a.model.id < b.model.id ? -1 : 1));
    this.models = new Map(this.#named.map(({ model }) => [model.id, model]));
    this.#names = indexNames(this.#named);
    this.revision = revisionOf(this.#named);
  }

  /**
   * The model with this name: its id, an alias, the id without vendor, or a provider's name for
   * it; case-insensitive.
   *
   * @returns `undefined` if no model has the name, or several do
   */
  find(name: string): Model | undefined {
    return this.#names.get(name.toLowerCase());
  }

  /**
   * The model with these weights, by a name that an Ollama has for it: a tag such as `llama3.2:latest` or
   * `llama3.1:8b-instruct-q4_K_M` is that of a known model if the part before the colon and the size are.
   * A size in the tag counts; without one, the known model whose size is the closest to `parameters`.
   *
   * @param parameters - billions; `null` if unknown
   * @returns `undefined` for base models, too: known ones are trained to chat
   */
  findTag(tag: string, parameters: number | null): Model | undefined {
    const [name, variant] = tagParts(tag);
    if (BASE_MODEL.test(variant)) return undefined;
    const stated = statedSize(variant)?.all;
    const size = stated ?? parameters;
    if (size === null) return undefined;
    const named = [...this.models.values()].flatMap((model) =>
      model.hosts.flatMap((host) => {
        const [knownName, knownVariant] = tagParts(host.model);
        const all =
          host.provider === OLLAMA && knownName === name
            ? statedSize(knownVariant)?.all
            : undefined;
        return all === undefined ? [] : [{ model, ratio: Math.max(all / size, size / all) }];
      }),
    );
    const [closest] = named.toSorted((a, b) => a.ratio - b.ratio);
    const isKnown =
      closest !== undefined &&
      (stated === undefined ? isSameSize(closest.ratio, 1) : closest.ratio === 1);
    return isKnown ? closest.model : undefined;
  }

  /** The id of the model that a misspelt name most likely means; `null` if no name is close. */
  suggest(name: string): string | null {
    const known = name.includes('/') ? this.models.keys() : this.#bareNames();
    const hint = nearest(name, known) ?? nearest(name, this.#names.keys());
    return hint === null ? null : (this.find(hint)?.id ?? null);
  }

  /**
   * The errors in overrides: a model that is neither known nor has hosts, or a price at a provider
   * that does not serve the model.
   */
  overrideFaults(overrides: ModelOverrides): readonly OverrideFault[] {
    return Object.entries(overrides).flatMap(([id, override]) => {
      const model = this.models.get(id);
      const hosts = override.hosts ?? model?.hosts;
      if (hosts === undefined) return [{ path: [id], message: this.#unknownModelMessage(id) }];
      return Object.keys(override.prices ?? {})
        .filter((provider) => hosts.every((host) => host.provider !== provider))
        .map((provider) => ({
          path: [id, 'prices', provider],
          message: `"${id}" is not available from "${provider}"; its hosts: ${hosts
            .map((host) => host.provider)
            .join(', ')}.`,
        }));
    });
  }

  /**
   * A catalog with an operator's models added, and single fields of other models replaced.
   *
   * @throws {FaultyFileError} with all faults from `overrideFaults`, without positions
   */
  withOverrides(overrides: ModelOverrides): Catalog {
    const faults = this.overrideFaults(overrides);
    if (faults.length > 0) throw new FaultyFileError(faults.map(withoutPosition));
    const named = new Map(this.#named.map((one) => [one.model.id, one]));
    for (const [id, override] of Object.entries(overrides)) {
      named.set(id, applyOverride(named.get(id) ?? blankModel(id), override));
    }
    return new Catalog([...named.values()]);
  }

  /** A catalog with those of these models added whose ids it does not have. */
  withModels(models: readonly Model[]): Catalog {
    const added = new Map(
      models
        .filter(({ id }) => !this.models.has(id))
        .map((model) => [model.id, { model, aliases: [] }]),
    );
    return added.size === 0 ? this : new Catalog([...this.#named, ...added.values()]);
  }

  /**
   * A catalog in which each model is also hosted by every configured provider of the same kind as one of
   * its hosts, at that host's price.
   *
   * @param places - the configured providers; among those of one kind, the preferred one first
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

  #unknownModelMessage(id: string): string {
    const hint = this.suggest(id);
    const other = hint === null ? '' : ` Did you mean "${hint}"?`;
    return `the catalog has no model "${id}", and a new one needs "hosts".${other}`;
  }

  #bareNames(): string[] {
    return [...this.models.keys()].map(bareName);
  }
}

/** A tag's name and what follows its colon, in lower case. */
function tagParts(tag: string): readonly [string, string] {
  const [name = '', variant = ''] = tag.toLowerCase().split(':');
  return [name, variant];
}

/** One host for each provider of its kind; the known provider itself comes last if it is not configured. */
function hostsAt(host: Host, places: readonly Place[]): readonly Host[] {
  const names = places.filter(({ kind }) => kind === host.provider).map(({ name }) => name);
  const all = names.includes(host.provider) ? names : [...names, host.provider];
  return all.map((provider) => ({ ...host, provider }));
}

function withoutPosition({ path, message }: OverrideFault): {
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

function revisionOf(named: readonly ModelWithAliases[]): string {
  const content = named.map(({ model, aliases }) => ({
    ...model,
    capabilities: [...model.capabilities].toSorted(),
    benchmarks: Object.entries(model.benchmarks).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    aliases: aliases.toSorted(),
  }));
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return digest.slice(0, REVISION_LENGTH);
}
