import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../core/errors.js';

/** Who asks. */
export interface Caller {
  /** The key's name; `anonymous` when no keys are configured. */
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A key a client may present, from the configuration. */
export interface ClientKey extends Caller {
  readonly key: string;
}

const ANONYMOUS: Caller = { name: 'anonymous', metadata: {} };

/** Admits callers by the key they present. */
export class KeyRing {
  readonly #callers = new Map<string, { readonly digest: Buffer; readonly caller: Caller }>();

  /** @param keys - empty: everybody is admitted, as `anonymous` */
  constructor(keys: readonly ClientKey[]) {
    for (const { key, name, metadata } of keys) {
      const digest = digestOf(key);
      this.#callers.set(shortForm(digest), { digest, caller: { name, metadata } });
    }
  }

  /**
   * @param authorization - the header as sent; `Bearer KEY`
   * @param apiKey - the `x-api-key` header, which some clients send instead
   * @throws {GatewayError} `invalid_api_key`; the message never repeats the key
   */
  admit(authorization: string | undefined, apiKey: string | undefined): Caller {
    if (this.#callers.size === 0) return ANONYMOUS;
    const presented = apiKey ?? bearerOf(authorization);
    if (presented === null) {
      throw new GatewayError(
        'invalid_api_key',
        'this gateway wants an API key: send it as "Authorization: Bearer KEY"',
      );
    }
    // The map is keyed by half of a SHA-256, so looking it up leaks no usable timing; the whole
    // digest is compared in constant time all the same.
    const digest = digestOf(presented);
    const known = this.#callers.get(shortForm(digest));
    if (known === undefined || !timingSafeEqual(known.digest, digest)) {
      throw new GatewayError('invalid_api_key', 'the API key is not one of this gateway');
    }
    return known.caller;
  }
}

function bearerOf(authorization: string | undefined): string | null {
  const match = /^bearer +(\S+)\s*$/i.exec(authorization ?? '');
  return match?.[1] ?? null;
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function shortForm(digest: Buffer): string {
  return digest.toString('latin1', 0, 16);
}
