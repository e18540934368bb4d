import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  createCachedAnswer,
  compactPayload,
  type LoadedAnswer,
  type TimedFrame,
} from './cached-answer.js';
import type { LearnedRecord } from './learned-records.js';

/** The first bytes of a file of answers, which name its format version. */
export const FILE_HEADER = Buffer.from('suffice-cache-2\n');

/** A change of the cache: an answer was stored, the answer of a key was removed, or error rates were learnt. */
export type AnswerChange =
  | { readonly kind: 'kept'; readonly answer: LoadedAnswer }
  | { readonly kind: 'gone'; readonly key: string }
  | { readonly kind: 'learnt'; readonly learnt: LearnedRecord };

/** What was found at an offset of a file. */
export type DecodedRecord =
  | { readonly kind: 'change'; readonly change: AnswerChange; readonly end: number }
  /** Not a valid record. `end`: where the next one may begin. */
  | { readonly kind: 'damaged'; readonly end: number }
  /** The record continues after the given bytes. */
  | { readonly kind: 'cut' };

// A record: magic, length of its body, SHA-256 of its body, body.
// A body: length of the metadata, metadata as JSON, payload.
const MAGIC = Buffer.from('SfcR');
const HASH_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 4 + HASH_BYTES;
/** More than any answer that may be stored; a greater length is damaged. */
const MAX_BODY_BYTES = 80 * 1024 * 1024;

const gone = z.strictObject({ op: z.literal('gone'), key: z.string() });

/** A stored answer without its payload. */
export const storedMetadataSchema = z.strictObject({
  key: z.string(),
  source: z.string(),
  model: z.string(),
  costUsd: z.number().nullable(),
  tookMs: z.number(),
  simulated: z.boolean(),
  tenant: z.string().nullable(),
  namespace: z.string(),
  tags: z.array(z.string()),
  storedAtMs: z.number(),
  expiresAtMs: z.number(),
  question: z.strictObject({ partition: z.string(), text: z.string() }).nullable(),
  /** For each frame its length, its time in milliseconds, and whether it has usage only; `null` for a whole answer. */
  frames: z.array(z.tuple([z.int().nonnegative(), z.number(), z.boolean()])).nullable(),
});

const share = z.number().min(0).max(1);
const count = z.number().nonnegative();

const classes = z.strictObject({
  op: z.literal('classes'),
  judge: z.string(),
  partition: z.string().nullable(),
  counts: z.array(z.tuple([count, count, count])),
});

const sightings = z.strictObject({
  op: z.literal('sightings'),
  judge: z.string(),
  key: z.string(),
  source: z.string(),
  seen: z.array(z.tuple([share, z.boolean()])),
});

const kept = storedMetadataSchema.extend({ op: z.literal('kept') });
const facts = z.discriminatedUnion('op', [gone, kept, classes, sightings]);

/** A stored answer without its payload, which `frames` says how to split. */
export type StoredMetadata = z.output<typeof storedMetadataSchema>;

/** Encodes a change as a record with a checksum. */
export function encodeChange(change: AnswerChange): Buffer {
  if (change.kind === 'gone') return recordOf({ op: 'gone', key: change.key }, []);
  if (change.kind === 'learnt') {
    const { kind: op, ...learnt } = change.learnt;
    return recordOf({ op, ...learnt }, []);
  }
  const { metadata, chunks } = splitAnswer(change.answer);
  return recordOf({ op: 'kept', ...metadata }, chunks);
}

/** Splits an answer into its metadata and the chunks of its payload. */
export function splitAnswer({ payload, ...rest }: LoadedAnswer): {
  readonly metadata: StoredMetadata;
  readonly chunks: readonly Buffer[];
} {
  const tags = [...rest.tags];
  if (payload.form === 'whole') {
    return { metadata: { ...rest, tags, frames: null }, chunks: [payload.body] };
  }
  const { frames } = payload;
  const layout = frames.map(({ bytes, atMs, usageOnly }): [number, number, boolean] => {
    return [bytes.length, atMs, usageOnly];
  });
  return { metadata: { ...rest, tags, frames: layout }, chunks: frames.map(({ bytes }) => bytes) };
}

/** Decodes the record at `bytes[from]`, where anything may be. */
export function decodeChange(bytes: Buffer, from: number): DecodedRecord {
  if (from + HEAD_BYTES > bytes.length) return { kind: 'cut' };
  if (!bytes.subarray(from, from + MAGIC.length).equals(MAGIC)) {
    const next = bytes.indexOf(MAGIC, from + 1);
    return { kind: 'damaged', end: next < 0 ? bytes.length - MAGIC.length + 1 : next };
  }
  const length = bytes.readUInt32BE(from + MAGIC.length);
  const start = from + HEAD_BYTES;
  if (length > MAX_BODY_BYTES) return { kind: 'damaged', end: from + 1 };
  if (start + length > bytes.length) return { kind: 'cut' };
  const body = bytes.subarray(start, start + length);
  const hash = bytes.subarray(start - HASH_BYTES, start);
  const change = hash.equals(digest(body)) ? changeIn(body) : null;
  // Its length may be damaged, so the search for the next record starts right after its first byte.
  if (change === null) return { kind: 'damaged', end: from + 1 };
  return { kind: 'change', change, end: start + length };
}

function recordOf(metadata: unknown, payload: readonly Buffer[]): Buffer {
  const text = Buffer.from(JSON.stringify(metadata));
  const lengths = Buffer.alloc(4);
  lengths.writeUInt32BE(text.length);
  const body = Buffer.concat([lengths, text, ...payload]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([MAGIC, head, digest(body), body]);
}

function digest(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

/** `null` for a body that does not have this format. */
function changeIn(body: Buffer): AnswerChange | null {
  if (body.length < 4) return null;
  const textEnd = 4 + body.readUInt32BE(0);
  const parsed = facts.safeParse(jsonOrNull(body.toString('utf8', 4, textEnd)));
  if (!parsed.success) return null;
  const { data } = parsed;
  if (data.op === 'gone') return { kind: 'gone', key: data.key };
  if (data.op !== 'kept') return { kind: 'learnt', learnt: learntIn(data) };
  const answer = keptIn(data, body.subarray(textEnd));
  return answer === null ? null : { kind: 'kept', answer };
}

/** Rebuilds an answer; `null` if the payload does not have the length that the metadata says. @param payload - copied */
export function joinAnswer(
  { frames, ...rest }: StoredMetadata,
  payload: Buffer,
): LoadedAnswer | null {
  if (frames === null)
    return createCachedAnswer(rest, compactPayload({ form: 'whole', body: payload }));
  let at = 0;
  const parts: TimedFrame[] = frames.map(([length, atMs, usageOnly]) => {
    const bytes = payload.subarray(at, at + length);
    at += length;
    return { bytes, atMs, usageOnly };
  });
  if (at !== payload.length) return null;
  return createCachedAnswer(rest, compactPayload({ form: 'stream', frames: parts }));
}

function keptIn({ op: _op, ...rest }: z.output<typeof kept>, payload: Buffer): LoadedAnswer | null {
  return joinAnswer(rest, payload);
}

function learntIn(data: z.output<typeof classes> | z.output<typeof sightings>): LearnedRecord {
  const { op, ...learnt } = data;
  return { kind: op, ...learnt } as LearnedRecord;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The checksum is valid, but this is no JSON: the caller counts it as damaged.
    return null;
  }
}
