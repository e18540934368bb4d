import type { Random } from '../../src/core/random.js';

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const INSERTS = [
  ': a comment\n\n',
  ': a comment\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\uFEFF',
  '\0',
  '\0\0\0\0',
  'id: 7\nretry: 10\n',
  'data\n\n',
  'data:\n\n',
  'event: ping\ndata: {"type":"ping"}\n\n',
  'event:\n',
  'data: [DONE]\n\n',
  'data: {"error":{"message":"boom"}}\n\n',
  '\u2028',
].map((text) => Buffer.from(text));

const ENDLESS_BYTES = 100_000;

/** The mutations of a stream's bytes. */
const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let left = 1 + random.below(3); left > 0; left--) {
      const at = random.below(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    }
    return changed;
  },
  (bytes, random) => spliced(bytes, random, INSERTS[random.below(INSERTS.length)]),
  (bytes, random) => {
    const at = random.below(bytes.length);
    const end = Math.min(bytes.length, at + 1 + random.below(200));
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return spliced(bytes, random, bytes.subarray(at, at + random.below(200)));
  },
  (bytes) => Buffer.from(bytes.toString('latin1').replace(/\n/g, '\r\n'), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1').replace(/\n/g, '\r'), 'latin1'),
  (bytes) => Buffer.concat([Buffer.from('\uFEFF'), bytes]),
  // The length or the checksum of a frame, if there are frames.
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    if (changed.length >= 12) changed.writeUInt32BE(random.below(2 ** 25), 4 * random.below(3));
    return changed;
  },
  (bytes, random) =>
    random.below(20) > 0
      ? bytes
      : spliced(bytes, random, Buffer.alloc(ENDLESS_BYTES, `data: ${'x'.repeat(50)}`)),
];

/** Applies a random mutation to the bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  return MUTATIONS[random.below(MUTATIONS.length)]?.(bytes, random) ?? bytes;
}

/** Random chunk boundaries: ascending offsets, often many, sometimes every byte. */
export function randomCuts(bytes: Buffer, random: Random): number[] {
  const { length } = bytes;
  if (length < 2) return [];
  const isFine = length < 3_000 && random.below(10) === 0;
  const count = isFine ? length : random.below(Math.min(length, 30));
  const cuts = isFine
    ? Array.from({ length: length - 1 }, (_, i) => i + 1)
    : Array.from({ length: count }, () => 1 + random.below(length - 1));
  return [...new Set(cuts)].sort((a, b) => a - b);
}

/** The bytes in chunks, each of them a copy. */
export function* chunksOf(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    const end = Math.min(cut, bytes.length);
    if (end > at) yield Buffer.from(bytes.subarray(at, end));
    at = Math.max(at, end);
  }
}

function spliced(bytes: Buffer, random: Random, insert: Buffer | undefined): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), insert ?? Buffer.alloc(0), bytes.subarray(at)]);
}
