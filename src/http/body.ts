import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { CollectedBytes } from '../core/collected-bytes.js';
import { GatewayError } from '../core/errors.js';
import { isObject } from '../dialects/json.js';

const UNPACKED = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

const PLAIN = 'identity';
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Collects a request's body: unpacked, and without the byte order mark that some shells put before JSON.
 *
 * @param maxBytes - of the body as it comes, and of what is packed in it
 * @throws {GatewayError} `request_too_large` once more than `maxBytes` were announced or have come,
 *   `invalid_request` for a packing that is not known or broken, `client_closed` if the client goes
 *   before the end, and what the server says of a request that will not come to its end: `request_timeout`,
 *   or `invalid_request` for broken framing
 */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase() ?? PLAIN;
  if (encoding !== PLAIN && !isPacking(encoding)) {
    throw new GatewayError(
      'invalid_request',
      `content-encoding "${encoding}" is not supported; send the body as plain JSON, or packed with gzip, deflate or br`,
    );
  }
  const sent = await collect(req, maxBytes);
  const body = encoding === PLAIN ? sent : await unpacked(sent, encoding, maxBytes);
  return isMarked(body) ? body.subarray(BYTE_ORDER_MARK.length) : body;
}

function isMarked(body: Buffer): boolean {
  // Hardly any body begins so, and every request asks.
  if (body[0] !== BYTE_ORDER_MARK[0]) return false;
  return body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

function isPacking(encoding: string): encoding is keyof typeof UNPACKED {
  return Object.hasOwn(UNPACKED, encoding);
}

async function unpacked(
  body: Buffer,
  encoding: keyof typeof UNPACKED,
  maxBytes: number,
): Promise<Buffer> {
  try {
    // A small packet may unpack to gigabytes, so the limit counts while it is unpacked.
    return await UNPACKED[encoding](body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (isObject(cause) && cause['code'] === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new GatewayError('invalid_request', `the body is not valid ${encoding}`, { cause });
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

/** A client that leaves before its request is whole. */
export function clientGone(cause: Error): GatewayError {
  return new GatewayError('client_closed', 'the client went away while sending its request', {
    cause,
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `the request body is larger than the ${maxBytes} bytes this gateway takes (server.max_body_bytes)`,
  );
}
