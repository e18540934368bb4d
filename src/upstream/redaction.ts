import { GatewayError } from '../core/errors.js';
import type { Credentials } from './auth/credentials.js';
import { decodeOrKeep } from './basic-auth.js';

/** Shorter ones are placeholders (`none`, `ollama`) that may occur in an error as words. */
const MIN_SECRET_CHARS = 8;

/** Names of headers and query parameters whose values are credentials. */
const SECRET_NAMES = /auth|cookie|credential|key|passw|secret|session|signature|token/iu;

/** Where a provider's secrets are configured. */
interface SecretPlaces {
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials | null;
}

/** Removes a provider's secrets from its errors: some quote what they were sent. */
export class Redaction {
  readonly #secrets: readonly string[];

  /** @param more - further secrets */
  constructor(places: SecretPlaces, more: readonly string[] = []) {
    const long = [...secretsIn(places), ...more].filter(({ length }) => length >= MIN_SECRET_CHARS);
    // The longest first: a shorter one may be part of it.
    this.#secrets = [...new Set(long)].sort((a, b) => b.length - a.length);
  }

  /** @returns the same error if it contains no secret */
  redact(error: GatewayError): GatewayError {
    const { message, param, upstreamCode, upstreamType } = error;
    const texts = [message, param ?? '', upstreamCode ?? '', upstreamType ?? ''];
    if (!texts.some((text) => this.#isIn(text))) return error;
    return new GatewayError(error.code, this.#without(message), {
      status: error.status,
      cause: error.cause,
      ...(param !== null && { param: this.#without(param) }),
      ...(error.retryAfterS !== null && { retryAfterS: error.retryAfterS }),
      ...(upstreamCode !== null && { upstreamCode: this.#without(upstreamCode) }),
      ...(upstreamType !== null && { upstreamType: this.#without(upstreamType) }),
    });
  }

  #isIn(text: string): boolean {
    return this.#secrets.some((secret) => text.includes(secret));
  }

  #without(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  }
}

function secretsIn({ url, headers, credentials }: SecretPlaces): string[] {
  const named = [...Object.entries(headers), ...url.searchParams];
  const values = named.flatMap(([name, value]) => (SECRET_NAMES.test(name) ? [value] : []));
  // The part before a space is the scheme: `Bearer`.
  const proofs = values.flatMap((value) => value.split(/\s+/u));
  return [...proofs, url.password, decodeOrKeep(url.password), ...keysIn(credentials)];
}

function keysIn(credentials: Credentials | null): string[] {
  if (credentials?.kind !== 'aws' || !('secretAccessKey' in credentials.source)) return [];
  const { secretAccessKey, sessionToken = '' } = credentials.source;
  return [secretAccessKey, sessionToken];
}
