import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { DialectName } from '../../src/dialects/dialect.js';

/** One event of a recorded stream, or a whole answer: the unit of mutation. */
export interface Piece {
  /** The `event:` field, or the type of a frame; empty if there is none. */
  readonly name: string;
  /** JSON in all recordings, but possibly not after a mutation. */
  readonly data: string;
  /** For frames: whether it is an exception instead of an event. */
  readonly isException?: boolean;
}

/** A recorded answer of a provider. */
export interface Recording {
  readonly id: string;
  readonly provider: DialectName;
  readonly isStream: boolean;
  /** Exactly one if the answer is not a stream. */
  readonly pieces: readonly Piece[];
}

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** The bytes of an answer as its provider would send them. */
export function encodePieces({ provider, isStream }: Recording, pieces: readonly Piece[]): Buffer {
  if (!isStream) return Buffer.from(pieces.map(({ data }) => data).join('\n'));
  if (provider === 'ollama') return Buffer.from(pieces.map(({ data }) => `${data}\n`).join(''));
  if (provider === 'bedrock') return Buffer.concat(pieces.map(frame));
  return Buffer.from(pieces.map(event).join(''));
}

/** Parses a recorded event stream; comments and unknown fields are dropped. */
export function parseEvents(text: string): Piece[] {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n\n+/)
    .map((block) => ({ name: fieldsOf(block, 'event'), data: fieldsOf(block, 'data') }))
    .filter(({ data }) => data !== '');
}

/** Parses a recorded AWS event stream. */
export function parseFrames(bytes: Buffer): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const { headers, body } = codec.decode(bytes.subarray(at, at + length));
    const text = (name: string) => {
      const value = headers[name]?.value;
      return typeof value === 'string' ? value : undefined;
    };
    pieces.push({
      name: text(':event-type') ?? text(':exception-type') ?? '',
      data: Buffer.from(body).toString('utf8'),
      isException: text(':message-type') === 'exception',
    });
    at += length;
  }
  return pieces;
}

function event({ name, data }: Piece): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`);
  return `${name === '' ? '' : `event: ${name}\n`}${lines.join('')}\n`;
}

function frame({ name, data, isException = false }: Piece): Buffer {
  const string = (value: string) => ({ type: 'string' as const, value });
  const headers = {
    [isException ? ':exception-type' : ':event-type']: string(name),
    ':content-type': string('application/json'),
    ':message-type': string(isException ? 'exception' : 'event'),
  };
  return Buffer.from(codec.encode({ headers, body: Buffer.from(data) }));
}

function fieldsOf(block: string, name: string): string {
  const lines = block.split('\n').filter((line) => line.startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
}
