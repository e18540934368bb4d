import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import { isOriginAllowed, refuseDisallowedPages, type OriginPolicy } from './origin-policy.js';

/** The client that makes a request, by its key. */
export interface Caller {
  /** The key's name; `anonymous` when no keys are configured. */
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The decisions it may see: its own unless `all`. */
  readonly decisions?: 'own' | 'all' | undefined;
}

/** A key a client may present, from the configuration. */
export interface ClientKey extends Caller {
  readonly key: string;
}

/** Headers in which clients of Anthropic, Google, Azure and Portkey send their key. */
const KEY_HEADERS = ['x-api-key', 'x-goog-api-key', 'api-key', 'x-portkey-api-key'] as const;

/** The caller of every request if no keys are configured. */
export const ANONYMOUS: Caller = { name: 'anonymous', metadata: {} };

/** Admits callers by the key they present. */
export class KeyRing {
  readonly #callers = new Map<string, { readonly digest: Buffer; readonly caller: Caller }>();

  readonly #pages: OriginPolicy;
  /** The `host` header of the last request admitted without a key. */
  #admittedHost: string | string[] | undefined = undefined;

  /** @param keys - if empty, everybody is admitted as `anonymous`, except web pages that are not allowed */
  constructor(keys: readonly ClientKey[], pages: OriginPolicy = { allowed: null, isLocal: false }) {
    this.#pages = pages;
    for (const { key, name, metadata, decisions } of keys) {
      const digest = digestOf(key);
      this.#callers.set(shortForm(digest), { digest, caller: { name, metadata, decisions } });
    }
  }

  /**
   * Finds the caller of the key presented; of several keys the first that is known.
   *
   * Clients may send a key for another server, from their environment, besides the one for this gateway:
   * one as `Authorization: Bearer KEY`, the other in a header such as `x-api-key`.
   *
   * @throws {GatewayError} `invalid_api_key`; the message never repeats the key. `page_refused` if no keys are configured
   */
  admit(headers: RequestHeaders): Caller {
    if (this.#callers.size === 0) {
      // Nearly all requests come from no web page, and with the same `host` as the last one.
      if (headers['origin'] !== undefined || headers['host'] !== this.#admittedHost) {
        refuseDisallowedPages(headers, this.#pages);
        this.#admittedHost = headers['host'];
      }
      return ANONYMOUS;
    }
    const apiKeys = KEY_HEADERS.map((name) => one(headers[name]));
    const bearer = bearerOf(one(headers['authorization']));
    const presented = [...apiKeys, bearer].filter((key) => key !== undefined);
    if (presented.length === 0) {
      throw new GatewayError(
        'invalid_api_key',
        'An API key is required: send it as "Authorization: Bearer KEY".',
      );
    }
    for (const key of presented) {
      const caller = this.#callerWith(key);
      if (caller !== null) return caller;
    }
    throw new GatewayError('invalid_api_key', 'The API key is not valid.');
  }

  /** Whether web pages of an origin may call the gateway. @param isKeyless - for endpoints that need no key */
  allowsOrigin(origin: string, isKeyless = false): boolean {
    return isOriginAllowed(origin, this.#pages.allowed, !isKeyless && this.#callers.size > 0);
  }

  #callerWith(key: string): Caller | null {
    // The map is keyed by half of a SHA-256, so the look-up leaks no usable timing; the whole
    // digest is compared in constant time nevertheless.
    const digest = digestOf(key);
    const known = this.#callers.get(shortForm(digest));
    return known !== undefined && timingSafeEqual(known.digest, digest) ? known.caller : null;
  }
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function shortForm(digest: Buffer): string {
  return digest.toString('latin1', 0, 16);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
