import { GatewayError } from '../../core/errors.js';

/** Something that a translated request lacks. */
export interface Loss {
  /** As the client wrote it, as a path: `messages[2].content[0].cache_control`. */
  readonly field: string;
  /** The same without indexes and without words of the client's own: a closed set, for metrics. */
  readonly what: string;
}

/** What becomes of a request that cannot be said in full in the provider's dialect. */
export type LossPolicy = 'drop' | 'refuse';

const AS_IS: ReadonlyMap<string, string> = new Map();

/**
 * Keeps the account of what a translation could not say.
 *
 * Nothing is left out without passing through here: it is either told to the client or refused.
 */
export class Losses {
  readonly #policy: LossPolicy;
  readonly #target: string;
  readonly #list: Loss[] = [];
  readonly #fields = new Set<string>();
  readonly #asWritten: ReadonlyMap<string, string>;

  /**
   * @param target - what cannot say it, for people: `claude-haiku-4-5 (anthropic)`
   * @param asWritten - what the client wrote, by fields that were put in their place before
   */
  constructor(policy: LossPolicy, target: string, asWritten: ReadonlyMap<string, string> = AS_IS) {
    this.#policy = policy;
    this.#target = target;
    this.#asWritten = asWritten;
  }

  /** In the order they were noted, each field once. */
  get list(): readonly Loss[] {
    return this.#list;
  }

  /**
   * Notes that something is left out.
   *
   * @param field - as the client wrote it, as a path
   * @param what - the same without indexes and without the client's own words: a closed set
   * @throws {GatewayError} `invalid_request` with the field, where nothing may be left out
   */
  note(field: string, what: string): void {
    if (this.#policy === 'refuse') {
      const written = this.#asWritten.get(field) ?? field;
      throw new GatewayError(
        'invalid_request',
        `\`${written}\` cannot be said to ${this.#target}, and translation.on_loss is "refuse".`,
        { param: written },
      );
    }
    this.hint(field, what);
  }

  /**
   * Notes what never makes a request fail: hints, and what is bound to another vendor.
   *
   * A conversation that moves from one vendor to another must not end in an error for it.
   */
  hint(said: string, what: string): void {
    const field = this.#asWritten.get(said) ?? said;
    if (this.#fields.has(field)) return;
    this.#fields.add(field);
    this.#list.push({ field, what });
  }
}
