import { createHash } from 'node:crypto';
import * as z from 'zod';
import { storedMetadataSchema, joinAnswer, splitAnswer } from '../answer-record.js';
import { createCachedAnswer, type LoadedAnswer, type CachedAnswer } from '../cached-answer.js';

// A value: magic with version, length of the head, SHA-256 of the head, head as JSON, payload. The head has the
// length and the SHA-256 of the payload, so that it can be read and verified without it.
const MAGIC = Buffer.from('SfcS1');
const HASH_BYTES = 32;
const PREFIX_BYTES = MAGIC.length + 4 + HASH_BYTES;
/** More than any head has. */
const MAX_HEAD_BYTES = 16 * 1024 * 1024;

const headSchema = z.strictObject({
  facts: storedMetadataSchema,
  bytes: z.int().nonnegative(),
  hash: z.string(),
});

type Head = z.output<typeof headSchema>;

/** An answer as it is stored in Redis. */
export interface SharedRecord {
  /** Without the payload. */
  readonly head: Buffer;
  /** Head and payload. */
  readonly value: Buffer;
}

/** Encodes an answer with checksums. */
export function encodeShared(answer: LoadedAnswer): SharedRecord {
  const { metadata, chunks } = splitAnswer(answer);
  const payload = Buffer.concat(chunks);
  const hash = digest(payload).toString('base64');
  const text = Buffer.from(JSON.stringify({ facts: metadata, bytes: payload.length, hash }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const head = Buffer.concat([MAGIC, length, digest(text), text]);
  return { head, value: Buffer.concat([head, payload]) };
}

/**
 * Reads the head at the beginning of a value.
 *
 * @returns the answer without its payload; or the number of bytes that are needed to decode it; or `null` if it is
 *   damaged or of another version
 */
export function decodeHead(bytes: Buffer): CachedAnswer | number | null {
  const read = headIn(bytes);
  if (read === null || typeof read === 'number') return read;
  return withoutPayload(read.head);
}

function withoutPayload({ facts: { frames: _frames, ...facts }, bytes }: Head): CachedAnswer {
  return createCachedAnswer(facts, { form: 'elsewhere', bytes });
}

/** Decodes a whole value; `null` if it is damaged, or not an answer of this key. */
export function decodeShared(bytes: Buffer, key: string): LoadedAnswer | null {
  const read = headIn(bytes);
  if (read === null || typeof read === 'number') return null;
  const { facts, bytes: byteCount, hash } = read.head;
  const payload = bytes.subarray(read.end);
  if (facts.key !== key || payload.length !== byteCount) return null;
  if (digest(payload).toString('base64') !== hash) return null;
  return joinAnswer(facts, payload);
}

function headIn(bytes: Buffer): { readonly head: Head; readonly end: number } | number | null {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, bytes.length))) return null;
  if (bytes.length < PREFIX_BYTES) return PREFIX_BYTES;
  const end = PREFIX_BYTES + bytes.readUInt32BE(MAGIC.length);
  if (end > MAX_HEAD_BYTES) return null;
  if (end > bytes.length) return end;
  const text = bytes.subarray(PREFIX_BYTES, end);
  const hash = bytes.subarray(PREFIX_BYTES - HASH_BYTES, PREFIX_BYTES);
  if (!digest(text).equals(hash)) return null;
  // The checksum is valid, so it is JSON; but another version may have written it.
  const parsed = headSchema.safeParse(JSON.parse(text.toString()));
  return parsed.success ? { head: parsed.data, end } : null;
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
