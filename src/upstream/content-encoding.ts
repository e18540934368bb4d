import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type Gunzip,
  type Inflate,
} from 'node:zlib';

export type Decoder = Gunzip | Inflate | BrotliDecompress;

/** Receives decoded bytes. */
export interface DecoderSink {
  data(chunk: Buffer): void;
  /** The decoder takes more again. */
  drain(): void;
  end(): void;
  fail(cause: Error): void;
}

/**
 * Opens a decoder for a content encoding.
 *
 * Requests ask for none, but some servers, and proxies in front of them, compress regardless.
 *
 * @param encoding - the header as sent
 * @returns `null` for an unsupported encoding
 */
export function openDecoder(encoding: string, sink: DecoderSink): Decoder | null {
  const decoder = decoderOf(encoding);
  if (decoder === null) return null;
  decoder.on('data', (chunk: Buffer) => {
    sink.data(chunk);
  });
  decoder.on('drain', () => {
    sink.drain();
  });
  decoder.on('end', () => {
    sink.end();
  });
  decoder.on('error', (cause) => {
    sink.fail(cause);
  });
  return decoder;
}

function decoderOf(encoding: string): Decoder | null {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}
