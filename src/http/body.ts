import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { CollectedBytes } from '../core/collected-bytes.js';
import { GatewayError } from '../core/errors.js';
import { isObject } from '../dialects/json.js';

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

const PLAIN = 'identity';
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Reads a request's body: decompressed, and without the byte order mark that some shells put before JSON.
 *
 * @param maxBytes - limit of the body as received, and of the decompressed body
 * @throws {GatewayError} `request_too_large` once more than `maxBytes` are announced or received,
 *   `invalid_request` for an unknown or broken encoding, `client_closed` if the client disconnects before the
 *   end, and the server's error if the request will not be completed: `request_timeout`, or `invalid_request`
 *   for broken framing
 */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase() ?? PLAIN;
  if (encoding !== PLAIN && !isSupported(encoding)) {
    throw new GatewayError(
      'invalid_request',
      `Content-Encoding "${encoding}" is not supported; send the body uncompressed, or compressed with gzip, deflate or br.`,
    );
  }
  const sent = await collect(req, maxBytes);
  const body = encoding === PLAIN ? sent : await decompressed(sent, encoding, maxBytes);
  return hasByteOrderMark(body) ? body.subarray(BYTE_ORDER_MARK.length) : body;
}

function hasByteOrderMark(body: Buffer): boolean {
  // A cheap test first: every request comes here, and hardly any has the mark.
  if (body[0] !== BYTE_ORDER_MARK[0]) return false;
  return body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

function isSupported(encoding: string): encoding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, encoding);
}

async function decompressed(
  body: Buffer,
  encoding: keyof typeof DECODERS,
  maxBytes: number,
): Promise<Buffer> {
  try {
    // A small body may decompress to gigabytes, so the limit applies during decompression.
    return await DECODERS[encoding](body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (isObject(cause) && cause['code'] === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new GatewayError('invalid_request', `The body is not valid ${encoding} data.`, { cause });
  }
}

function collect(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));

  return new Promise((resolve, reject) => {
    const body = new CollectedBytes();
    req.on('data', (chunk: Buffer) => {
      if (body.length + chunk.length > maxBytes) {
        req.removeAllListeners('data');
        reject(tooLarge(maxBytes));
        return;
      }
      body.push(chunk);
    });
    req.on('end', () => {
      resolve(body.joined());
    });
    req.on('error', (cause) => {
      reject(cause instanceof GatewayError ? cause : clientGone(cause));
    });
  });
}

/** The error of a client that disconnects before its request is complete. */
export function clientGone(cause: Error): GatewayError {
  return new GatewayError('client_closed', 'The client disconnected while sending its request.', {
    cause,
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `The request body exceeds the limit of ${maxBytes} bytes (server.max_body_bytes).`,
  );
}
