import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { freePort } from '../overhead/child.js';
import type { DialectName } from '../../src/dialects/dialect.js';
import { encodePieces, type Piece } from '../fuzz/piece.js';
import { bundledRecordings } from '../fuzz/recordings.js';

/** A fake provider of every dialect (the first part of the path), with streams of a given length. */
export interface LongUpstream {
  readonly port: number;
  /** Bytes of the latest stream that were written to the gateway's socket. */
  readonly sentBytes: () => number;
  close(): void;
}

const TYPES: Partial<Readonly<Record<DialectName, string>>> = {
  bedrock: 'application/vnd.amazon.eventstream',
  ollama: 'application/x-ndjson',
};
const BLOCK_BYTES = 64 * 1024;

/** @param bytes - the approximate length of every stream */
export async function startLongUpstream(bytes: number): Promise<LongUpstream> {
  const port = await freePort();
  let sent: () => number = () => 0;
  const server = createServer((request, response) => {
    const provider = (request.url ?? '').split('/')[1] as DialectName;
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': TYPES[provider] ?? 'text/event-stream' });
      const before = response.socket?.bytesWritten ?? 0;
      sent = () => (response.socket?.bytesWritten ?? before) - before;
      void send(response, provider, bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    sentBytes: () => sent(),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Sends a recorded stream in which the longest text chunk is repeated. */
async function send(response: ServerResponse, provider: DialectName, bytes: number): Promise<void> {
  const { pieces, isStream } = recordingOf(provider);
  const at = pieces.findIndex(({ data }) => data.includes('界'));
  const asBytes = (some: readonly Piece[]) =>
    encodePieces({ id: '', provider, isStream, pieces: [] }, some);
  const event = asBytes(pieces.slice(at, at + 1));
  const block = Buffer.concat(
    Array.from({ length: Math.ceil(BLOCK_BYTES / event.length) }, () => event),
  );
  const closed = once(response, 'close');
  response.write(asBytes(pieces.slice(0, at)));
  for (let left = bytes; left > 0 && !response.destroyed; left -= block.length) {
    if (response.write(block)) continue;
    await Promise.race([once(response, 'drain'), closed]);
  }
  response.end(asBytes(pieces.slice(at + 1)));
}

function recordingOf(provider: DialectName) {
  const found = bundledRecordings().find(
    (one) =>
      one.provider === provider &&
      one.isStream &&
      one.pieces.some(({ data }) => data.includes('界')),
  );
  if (found === undefined) throw new Error(`no recorded stream of ${provider} with text in it`);
  return found;
}
