import type { KeyRing } from '../admit/keys.js';
import type { CacheSettings } from '../cache/settings.js';
import type { Catalog } from '../catalog/catalog.js';
import { indexNames, type NameIndex } from '../catalog/names.js';
import { GatewayError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { MAX_MODEL_NAME, type Model, type Price, type ServedModel } from '../core/model.js';
import type { PromptReader } from '../route/prompt-reader.js';
import type { Router } from '../route/router.js';
import type { LossPolicy } from '../dialects/neutral/losses.js';
import type { Upstreams } from '../upstream/call.js';
import type { Provider } from '../upstream/providers.js';
import type { CircuitBreakers } from '../upstream/circuit-breakers.js';

/** What a client's `model` resolves to. */
export type Target =
  | { readonly kind: 'model'; readonly served: ServedModel }
  | { readonly kind: 'policy'; readonly policy: string };

/** Why a name does not resolve. */
export interface UnresolvedName {
  /** It names a known model that no configured provider serves. */
  readonly isKnown: boolean;
  /** Without a full stop. */
  readonly why: string;
  /** What was probably meant, or where the model runs, with the full stop. */
  readonly hint: string;
}

interface SetupParts {
  readonly keys: KeyRing;
  readonly catalog: Catalog;
  readonly router: Router;
  /** The encoder that embeds prompts for the predictor, released with the upstreams; `null` or absent if the router reads prompts itself. */
  readonly encoder?: { readonly reader: PromptReader; readonly release: () => void } | null;
  /** Every model that can be reached, by `vendor/name`. */
  readonly served: ReadonlyMap<string, ServedModel>;
  /** The operator's names for models and policies. */
  readonly aliases: Readonly<Record<string, string>>;
  /** By name. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Closed once the setup is retired and its last request has ended. */
  readonly upstreams: Upstreams;
  /** Starts empty after a reload, which may have fixed the problem. */
  readonly circuitBreakers: CircuitBreakers;
  readonly dailyBudgetUsd: number | null;
  /** How long providers are assumed to cache prompts, in milliseconds; 0 for not at all. */
  readonly promptCacheMs: number;
  /** Attempts per request, the first included. */
  readonly maxAttempts: number;
  /** What to do with parts that a provider's dialect cannot express. */
  readonly onLoss: LossPolicy;
  /** `null` if no request may be answered from the cache. */
  readonly caching: CacheSettings | null;
}

/**
 * Everything that requests read and a reload replaces.
 *
 * Immutable: a request keeps the setup it began with, whatever is reloaded meanwhile.
 */
export class Setup {
  readonly keys: KeyRing;
  readonly catalog: Catalog;
  readonly router: Router;
  /** Reads prompts with the operator's encoder before routing; `null` if the router reads them itself. */
  readonly reader: PromptReader | null;
  readonly served: ReadonlyMap<string, ServedModel>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly upstreams: Upstreams;
  readonly circuitBreakers: CircuitBreakers;
  readonly dailyBudgetUsd: number | null;
  readonly promptCacheMs: number;
  readonly maxAttempts: number;
  readonly onLoss: LossPolicy;
  readonly caching: CacheSettings | null;
  readonly #policies: ReadonlySet<string>;
  /** Names of the models that the operator lists and the catalog lacks. */
  readonly #ownNames: NameIndex;
  readonly #releaseEncoder: () => void;
  #users = 0;
  #retired = false;

  constructor(parts: SetupParts) {
    this.keys = parts.keys;
    this.catalog = parts.catalog;
    this.router = parts.router;
    const { encoder = null } = parts;
    this.reader = encoder === null ? null : encoder.reader;
    this.#releaseEncoder = encoder === null ? nothing : encoder.release;
    this.served = parts.served;
    this.aliases = parts.aliases;
    this.providers = parts.providers;
    this.upstreams = parts.upstreams;
    this.circuitBreakers = parts.circuitBreakers;
    this.dailyBudgetUsd = parts.dailyBudgetUsd;
    this.promptCacheMs = parts.promptCacheMs;
    this.maxAttempts = parts.maxAttempts;
    this.onLoss = parts.onLoss;
    this.caching = parts.caching;
    this.#policies = new Set(parts.router.policies);
    this.#ownNames = indexNames(
      [...parts.served.values()]
        .filter(({ model }) => !parts.catalog.models.has(model.id))
        .map(({ model }) => ({ model, aliases: [] })),
    );
  }

  /**
   * Resolves a name: an alias, a policy, or a model by any of its names (see `Catalog.find`); the catalog's
   * names take precedence over models that the operator lists.
   *
   * @throws {GatewayError} `model_not_found`, with a suggestion
   */
  resolve(name: string): Target {
    checkNameLength(name);
    const target = this.#find(this.resolveAlias(name));
    if (target !== null) return target;
    throw new GatewayError('model_not_found', this.#unknown(name), { param: 'model' });
  }

  /** Why a name does not resolve; `null` if it does. */
  whyUnresolved(name: string): UnresolvedName | null {
    const resolved = this.resolveAlias(name);
    if (this.#find(resolved) !== null) return null;
    const alias = resolved === name ? '' : `"${name}" is an alias of "${resolved}": `;
    const hosts = this.catalog.find(resolved)?.hosts.map((host) => host.provider);
    if (hosts !== undefined) {
      const why = `${alias}the model "${resolved}" is known, but no configured provider serves it`;
      const hint = hosts.length === 0 ? '.' : `; it is available from ${hosts.join(', ')}.`;
      return { isKnown: true, why, hint };
    }
    const near = this.#withoutAffixes(resolved) ?? this.#nearest(resolved);
    const hint = near === null ? '.' : `; did you mean "${near}"?`;
    return { isKnown: false, why: `${alias}there is no model or policy "${resolved}"`, hint };
  }

  /** Resolves an alias; other names are returned as they are. */
  resolveAlias(name: string): string {
    return Object.hasOwn(this.aliases, name) ? (this.aliases[name] ?? name) : name;
  }

  /** The model or policy in a name as other gateways write it, with a provider before it or a variant after it. */
  #withoutAffixes(resolved: string): string | null {
    const bare = resolved.replace(/^[@~]/u, '').replace(/:[a-z]+$/u, '');
    const written = [resolved.replace(':', '/'), bare, withoutVendor(bare)];
    const found = written.find((name) => this.#find(this.resolveAlias(name)) !== null);
    const target = found === undefined ? null : this.#find(this.resolveAlias(found));
    return target?.kind === 'model' ? target.served.model.id : (target?.policy ?? null);
  }

  #nearest(resolved: string): string | null {
    const own = Object.keys(this.aliases).filter((other) => this.resolveAlias(other) !== resolved);
    const names = [...this.#policies, ...own, ...this.served.keys()];
    // Model names may lack their vendor; policies have none.
    return (
      nearest(resolved, names) ?? nearest(resolved, [...this.served.keys()].map(withoutVendor))
    );
  }

  #find(resolved: string): Target | null {
    if (this.#policies.has(resolved)) return { kind: 'policy', policy: resolved };
    const exact = this.served.get(resolved);
    if (exact !== undefined) return { kind: 'model', served: exact };
    const served =
      this.#servedAs(this.catalog.find(resolved)) ??
      this.#servedAs(this.#ownNames.get(resolved.toLowerCase()));
    return served === undefined ? null : { kind: 'model', served };
  }

  #servedAs(model: Model | undefined): ServedModel | undefined {
    return model && this.served.get(model.id);
  }

  /** Counts a user of this setup's connections; `release` must follow. A request may enter more than once. */
  acquire(): void {
    this.#users += 1;
  }

  /** Ends what `enter` began. */
  release(): void {
    this.#users -= 1;
    this.#closeWhenIdle();
  }

  /** Another setup has become active: connections are closed once the last user has left. */
  retire(): void {
    this.#retired = true;
    this.circuitBreakers.retire();
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#retired && this.#users === 0) void this.close();
  }

  /** Closes the connections and releases the encoder, even if they are in use. */
  async close(): Promise<void> {
    this.#releaseEncoder();
    await this.upstreams.close();
  }

  /** The price of a model at its preferred place; `null` if it is unknown or the model is not served. */
  priceOf(modelId: string): Price | null {
    return this.served.get(modelId)?.upstreams[0].price ?? null;
  }

  #unknown(name: string): string {
    const { isKnown = false, why = '', hint = '' } = this.whyUnresolved(name) ?? {};
    const sentence = `${why.charAt(0).toUpperCase()}${why.slice(1)}${hint}`;
    return isKnown ? sentence : `${sentence} GET /v1/models lists the available names.`;
  }
}

/**
 * Refuses names that are too long for any model: they would be stored with the decision, and quoted.
 *
 * @throws {GatewayError} `model_not_found`
 */
export function checkNameLength(name: string): void {
  if (name.length <= MAX_MODEL_NAME) return;
  const message = `A model name may have at most ${MAX_MODEL_NAME} characters; this one has ${name.length}.`;
  throw new GatewayError('model_not_found', message, { param: 'model' });
}

const nothing = (): void => undefined;

function withoutVendor(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}
