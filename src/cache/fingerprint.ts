import { createHash } from 'node:crypto';

/** The scope of a fingerprint: requests share an answer only if all of it is the same. */
export interface CacheScope {
  /** The wire protocol of the answer. */
  readonly dialect: string;
  /** `null`: shared by all callers. */
  readonly tenant: string | null;
  readonly namespace: string;
  /** `model:…` or `policy:…`, with everything else that affects how it is resolved. */
  readonly target: string;
}

/** Deeper requests are not cached: they would exhaust the stack. */
const MAX_DEPTH = 128;

/**
 * Hashed first: answers of another version are never found, and no request has the key of a partition.
 */
const VERSIONS = { request: 'suffice-exact-1', partition: 'suffice-partition-1' } as const;

/**
 * The cache key of a request in a scope.
 *
 * The order of members does not matter; everything else does.
 *
 * @param members - of the request, as parsed JSON
 * @param body - the bytes of the request, which are hashed as well if a number in it is so large that parsing may
 *   have changed it
 * @param kind - `partition`: for a request without the text that semantic look-ups compare
 * @returns SHA-256 as 43 characters of base64url; `null` for a request that is nested too deeply
 */
export function fingerprint(
  scope: CacheScope,
  members: Readonly<Record<string, unknown>>,
  body: Buffer,
  kind: keyof typeof VERSIONS = 'request',
): string | null {
  const { dialect, tenant, namespace, target } = scope;
  const writer = new CanonicalWriter();
  writer.write(members, 0);
  if (writer.isTooDeep) return null;
  const hash = createHash('sha256');
  // As JSON, so that the boundaries between the names are unambiguous.
  hash.update(JSON.stringify([VERSIONS[kind], dialect, tenant, namespace, target]));
  hash.update(writer.text);
  if (writer.isInexact) hash.update(body);
  return hash.digest('base64url');
}

/**
 * Writes JSON with the members of every object sorted by name.
 *
 * It appends to one string: if each level returned its own, each would copy everything below it.
 */
class CanonicalWriter {
  text = '';
  isTooDeep = false;
  /** There was a number that parsing may have changed. */
  isInexact = false;

  write(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) this.isTooDeep = true;
    else if (Array.isArray(value)) this.#array(value, depth);
    else if (typeof value === 'object' && value !== null) this.#object(value, depth);
    else this.#scalar(value);
  }

  #array(items: readonly unknown[], depth: number): void {
    let before = '[';
    for (const item of items) {
      this.text += before;
      this.write(item, depth + 1);
      before = ',';
    }
    this.text += items.length === 0 ? '[]' : ']';
  }

  #object(value: object, depth: number): void {
    const members = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(members).sort();
    let before = '{';
    for (const name of names) {
      this.text += `${before}${JSON.stringify(name)}:`;
      this.write(members[name], depth + 1);
      before = ',';
    }
    this.text += names.length === 0 ? '{}' : '}';
  }

  #scalar(value: unknown): void {
    if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      this.isInexact = true;
    }
    this.text += JSON.stringify(value);
  }
}
