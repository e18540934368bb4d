import { GatewayError } from '../../core/errors.js';

/** Something that was dropped from a translated request. */
export interface Loss {
  /** Its path in the client's request: `messages[2].content[0].cache_control`. */
  readonly field: string;
  /** The same without indexes and without client-chosen names: a closed set, for metrics. */
  readonly what: string;
}

/** What to do with a request that the provider's dialect cannot fully express. */
export type LossPolicy = 'drop' | 'refuse';

const AS_IS: ReadonlyMap<string, string> = new Map();

/**
 * Collects what a translation cannot express.
 *
 * Nothing is dropped without passing through here: it is either reported to the client or refused.
 */
export class Losses {
  readonly #policy: LossPolicy;
  readonly #target: string;
  readonly #list: Loss[] = [];
  readonly #fields = new Set<string>();
  readonly #asWritten: ReadonlyMap<string, string>;

  /**
   * @param target - the model and provider, for the error message: `claude-haiku-4-5 (anthropic)`
   * @param asWritten - the client's own field, by fields that were renamed before the translation
   */
  constructor(policy: LossPolicy, target: string, asWritten: ReadonlyMap<string, string> = AS_IS) {
    this.#policy = policy;
    this.#target = target;
    this.#asWritten = asWritten;
  }

  /** In the order in which they were noted, each field once. */
  get list(): readonly Loss[] {
    return this.#list;
  }

  /**
   * Notes that something is dropped.
   *
   * @param field - its path in the client's request
   * @param what - the same without indexes and without client-chosen names: a closed set
   * @throws {GatewayError} `invalid_request` with the field, if the policy is `refuse`
   */
  note(field: string, what: string): void {
    if (this.#policy === 'refuse') {
      const written = this.#asWritten.get(field) ?? field;
      throw new GatewayError(
        'invalid_request',
        `\`${written}\` has no equivalent for ${this.#target}, and translation.on_loss is "refuse".`,
        { param: written },
      );
    }
    this.hint(field, what);
  }

  /**
   * Notes a loss that never makes a request fail: a hint, or something bound to another vendor.
   *
   * A conversation must be able to move from one vendor to another without an error.
   */
  hint(clientField: string, what: string): void {
    const field = this.#asWritten.get(clientField) ?? clientField;
    if (this.#fields.has(field)) return;
    this.#fields.add(field);
    this.#list.push({ field, what });
  }
}
