import * as z from 'zod';
import type { AnswerId } from '../dropped-answers.js';
import type { CachedAnswer } from '../cached-answer.js';
import type { PastPurge } from '../purge-history.js';
import { decodeHead } from './shared-record.js';

/** An event that a process publishes to the others. */
export type SharedEvent =
  | { readonly kind: 'kept'; readonly answer: CachedAnswer }
  | { readonly kind: 'purge'; readonly purge: PastPurge }
  /** A wrong answer was dropped. */
  | ({ readonly kind: 'dropped' } & AnswerId)
  /** A process has joined; no effect. */
  | { readonly kind: 'hello' };

/** An event in a log. */
export interface LoggedEvent {
  /** Key of the log. */
  readonly stream: string;
  readonly id: string;
  /** The process that published it. */
  readonly origin: string;
  /** `null` if it is damaged, or of another version. */
  readonly event: SharedEvent | null;
}

const purge = z.strictObject({
  filter: z.strictObject({
    tag: z.string().optional(),
    namespace: z.string().optional(),
    id: z.string().optional(),
    prefix: z.string().optional(),
    tenant: z.string().optional(),
  }),
  atMs: z.number(),
});
const dropped = z.strictObject({ key: z.string(), source: z.string() });

const text = z.instanceof(Buffer).transform((bytes) => bytes.toString());
const entry = z.tuple([text, z.array(z.instanceof(Buffer))]);
const entries = z.array(entry);
const streams = z.array(z.tuple([text, entries])).nullable();

/** An event that is not about a stored answer. */
export type ControlEvent = Exclude<SharedEvent, { kind: 'kept' }>;

type Fields = readonly (string | Buffer)[];

/** Encodes an event as the fields of a stream entry. */
export function encodeEvent(origin: string, event: ControlEvent): Fields {
  const { kind, ...rest } = event;
  const data = kind === 'purge' ? event.purge : rest;
  return ['o', origin, 't', kind, 'd', JSON.stringify(data)];
}

/** Encodes that an answer was stored as the fields of a stream entry. @param head - of its record */
export function encodeStoredEvent(origin: string, head: Buffer): Fields {
  return ['o', origin, 't', 'kept', 'd', head];
}

/** Parses a reply of `XREAD`. @throws {Error} for a malformed reply */
export function parseXread(reply: unknown): readonly LoggedEvent[] {
  const read = streams.parse(reply) ?? [];
  return read.flatMap(([stream, found]) => found.map((one) => eventIn(stream, one)));
}

/** Parses a reply of `XRANGE` or `XREVRANGE`. @throws {Error} for a malformed reply */
export function parseXrange(stream: string, reply: unknown): readonly LoggedEvent[] {
  return entries.parse(reply).map((one) => eventIn(stream, one));
}

function eventIn(stream: string, [id, fields]: z.output<typeof entry>): LoggedEvent {
  const [, origin, , kind, , data] = fields;
  if (origin === undefined || kind === undefined || data === undefined) {
    return { stream, id, origin: '', event: null };
  }
  return { stream, id, origin: origin.toString(), event: eventOf(kind.toString(), data) };
}

function eventOf(kind: string, data: Buffer): SharedEvent | null {
  if (kind === 'hello') return { kind };
  if (kind === 'kept') {
    const answer = decodeHead(data);
    return answer === null || typeof answer === 'number' ? null : { kind, answer };
  }
  const json = jsonOrNull(data.toString());
  if (kind === 'purge') {
    const parsed = purge.safeParse(json);
    return parsed.success ? { kind, purge: parsed.data } : null;
  }
  const parsed = dropped.safeParse(json);
  return kind === 'dropped' && parsed.success ? { kind, ...parsed.data } : null;
}

function jsonOrNull(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // Not JSON: the schema rejects `null`.
    return null;
  }
}
