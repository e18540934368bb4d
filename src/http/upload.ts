import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.js';
import { GrowableBuffer } from '../core/growable-buffer.js';
import { FormModelFinder, type FormModel } from './form-model.js';

/** How far into a form the model's name is searched for: clients may write it after a file. */
const MAX_HEAD_BYTES = 1024 * 1024;

/** A body whose beginning has been read, and whose rest is still being received. */
export interface Upload {
  /** The bytes read so far. */
  readonly head: Buffer;
  /** The form's `model` in `head`; `null` if it was not found. */
  readonly model: FormModel | null;
  /** Length of the whole body; `null` if it was not announced. */
  readonly bytes: number | null;
  /** The whole body as a stream, with another head. */
  readonly with: (head: Buffer) => Readable;
  /** Reads and drops the rest, so that the connection can serve its next request. Harmless after the end. */
  readonly discard: () => void;
}

/**
 * Reads a body until a form's `model` is found, but at most its first 1 MiB.
 *
 * @param seeksModel - `false` reads nothing ahead
 * @throws {GatewayError} `request_too_large` if more than `maxBytes` are announced; if more arrive without being
 *   announced, the stream fails with it
 */
export async function readUpload(
  req: IncomingMessage,
  maxBytes: number,
  seeksModel: boolean,
): Promise<Upload> {
  const { 'content-length': announced, 'content-type': type = '' } = req.headers;
  if (announced !== undefined && Number(announced) > maxBytes) throw tooLarge(maxBytes);
  // Destroying the request would close the connection before the answer is sent.
  const chunks = req.iterator({ destroyOnReturn: false }) as Required<AsyncIterator<Buffer>>;
  const boundary = seeksModel ? boundaryOf(type) : null;
  const { head, model } = await beginningOf(chunks, boundary);
  return {
    head,
    model,
    bytes: announced === undefined ? null : Number(announced),
    with: (written) => Readable.from(joined(written, chunks, maxBytes)),
    discard: () => {
      const flow = (): unknown => req.resume();
      // The request does not flow while it has an iterator, which fails if the client has disconnected.
      void chunks.return().then(flow, flow);
    },
  };
}

/** Reads a form up to its model; reads nothing of other bodies. */
async function beginningOf(
  chunks: AsyncIterator<Buffer>,
  boundary: string | null,
): Promise<Pick<Upload, 'head' | 'model'>> {
  const head = new GrowableBuffer();
  if (boundary === null) return { head: head.all, model: null };
  const finder = new FormModelFinder(boundary);
  let model: FormModel | null = null;
  while (model === null && head.all.length < MAX_HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(next.value);
    model = finder.find(head.all);
  }
  return { head: head.all, model };
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

/** The boundary of a form; `null` for other content types. */
function boundaryOf(contentType: string): string | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `The upload exceeds the limit of ${maxBytes} bytes (server.max_upload_bytes).`,
  );
}
