import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.js';

/** How much of a form is looked at for the model's name: clients may write it after a file. */
const MAX_HEAD_BYTES = 1024 * 1024;

/** A body whose beginning has been read, and whose rest is still coming. */
export interface Upload {
  /** What has come so far. */
  readonly head: Buffer;
  /** Where the value of the form's `model` stands in `head`; `null` where it does not. */
  readonly model: { readonly value: string; readonly start: number } | null;
  /** Length of the whole; `null` where it was not announced. */
  readonly bytes: number | null;
  /** The whole body with another head. */
  readonly with: (head: Buffer) => Readable;
}

/**
 * Reads a body until a form's `model` has come, and no further than its first 1 MiB.
 *
 * @param seeksModel - `false` reads nothing ahead
 * @throws {GatewayError} `request_too_large` once more than `maxBytes` are announced; where more come without
 *   being announced, the stream fails with it
 */
export async function readUpload(
  req: IncomingMessage,
  maxBytes: number,
  seeksModel: boolean,
): Promise<Upload> {
  const { 'content-length': announced, 'content-type': type = '' } = req.headers;
  if (announced !== undefined && Number(announced) > maxBytes) throw tooLarge(maxBytes);
  const chunks = req[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const pattern = seeksModel ? modelPattern(type) : null;
  let head: Buffer = Buffer.alloc(0);
  let model: Upload['model'] = null;
  while (pattern !== null && model === null && head.length < MAX_HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
    model = modelIn(head, pattern);
  }
  return {
    head,
    model,
    bytes: announced === undefined ? null : Number(announced),
    with: (written) => Readable.from(joined(written, chunks, maxBytes)),
  };
}

async function* joined(
  head: Buffer,
  rest: AsyncIterator<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let bytes = head.length;
  if (bytes > 0) yield head;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    bytes += next.value.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield next.value;
  }
}

/** A part called `model`, with the boundaries around it; `null` for what is no form. */
function modelPattern(contentType: string): RegExp | null {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || !/^multipart\/form-data\b/i.test(contentType)) return null;
  const line = `--${boundary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
  const headers = '(?:[^\\r\\n]+\\r\\n)*?';
  // White space here must not be a line break: the blank line after the headers would go with it.
  const named = 'content-disposition:[^\\r\\n]*;[ \\t]*name="?model"?[ \\t]*(?:;[^\\r\\n]*)?\\r\\n';
  return new RegExp(
    `(${line}\\r\\n${headers}${named}${headers}\\r\\n)([^\\r\\n]{1,512})\\r\\n${line}`,
    'i',
  );
}

function modelIn(head: Buffer, pattern: RegExp): Upload['model'] {
  // One character a byte, so that places stay the same.
  const found = pattern.exec(head.toString('latin1'));
  if (found === null) return null;
  const [, before = '', value = ''] = found;
  const start = found.index + before.length;
  return { value: head.toString('utf8', start, start + value.length), start };
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `the upload is larger than the ${maxBytes} bytes this gateway takes (server.max_upload_bytes)`,
  );
}
