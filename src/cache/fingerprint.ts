import { createHash } from 'node:crypto';

/** Whose answers may be given to whom, and to what question. All of it is told apart. */
export interface CacheScope {
  /** The wire protocol that the answer is kept in. */
  readonly dialect: string;
  /** `null`: shared by all callers, on purpose. */
  readonly tenant: string | null;
  readonly namespace: string;
  /** `model:…` or `policy:…`, with whatever else changes what is asked for under that name. */
  readonly target: string;
}

/** Deeper requests are not worth a cache, and would exhaust the stack. */
const MAX_DEPTH = 128;

/**
 * Put before everything that is hashed: what is kept under another version is never found, and no
 * request has the key of a partition.
 */
const VERSIONS = { request: 'suffice-exact-1', partition: 'suffice-partition-1' } as const;

/**
 * The key that exactly this question has, in this scope.
 *
 * Order of members does not matter; everything else does.
 *
 * @param members - of the request, as parsed JSON
 * @param body - the request's own bytes: where a number in it is too large to be told from its
 *   neighbours once parsed, only the same bytes are the same question
 * @param kind - `partition`: of a request without the text that others are compared by
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
  // As JSON, so that no name can run over into the next.
  hash.update(JSON.stringify([VERSIONS[kind], dialect, tenant, namespace, target]));
  hash.update(writer.text);
  if (writer.isInexact) hash.update(body);
  return hash.digest('base64url');
}

/**
 * Writes JSON with the members of every object in order of their names.
 *
 * Into one text: made of the texts of its parts, each level would copy all that is below it.
 */
class CanonicalWriter {
  text = '';
  isTooDeep = false;
  /** A number was met that parsing may have changed. */
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
