import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.js';

/**
 * Collects a request's body.
 *
 * @throws {GatewayError} `request_too_large` once more than `maxBytes` were announced or have come,
 *   `invalid_request` for an encoded body, `client_closed` if the client goes before the end
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return Promise.reject(
      new GatewayError(
        'invalid_request',
        `content-encoding "${encoding}" is not supported; send the body as plain JSON`,
      ),
    );
  }
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        req.removeAllListeners('data');
        reject(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
    });
    req.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    req.on('error', (cause) => {
      reject(
        new GatewayError('client_closed', 'the client went away while sending its request', {
          cause,
        }),
      );
    });
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `the request body is larger than the ${maxBytes} bytes this gateway takes (server.max_body_bytes)`,
  );
}
