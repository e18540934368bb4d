import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.js';
import { GrowingBytes } from '../core/growing-bytes.js';
import { FormModelFinder, type FormModel } from './form-model.js';

/** How much of a form is looked at for the model's name: clients may write it after a file. */
const MAX_HEAD_BYTES = 1024 * 1024;

/** A body whose beginning has been read, and whose rest is still coming. */
export interface Upload {
  /** What has come so far. */
  readonly head: Buffer;
  /** Where the value of the form's `model` stands in `head`; `null` where it does not. */
  readonly model: FormModel | null;
  /** Length of the whole; `null` where it was not announced. */
  readonly bytes: number | null;
  /** The whole body with another head. */
  readonly with: (head: Buffer) => Readable;
  /** Has what is left of it come and go, so that the connection can serve its next request. Harmless after the end. */
  readonly discard: () => void;
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
  // To destroy the request would close the connection before its answer is sent.
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
      // Nothing flows while an iterator has the request; it fails where the client has gone.
      void chunks.return().then(flow, flow);
    },
  };
}

/** As much of a form as tells its model; nothing of what is no form. */
async function beginningOf(
  chunks: AsyncIterator<Buffer>,
  boundary: string | null,
): Promise<Pick<Upload, 'head' | 'model'>> {
  const head = new GrowingBytes();
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

/** The boundary of a form; `null` for what is no form. */
function boundaryOf(contentType: string): string | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `the upload is larger than the ${maxBytes} bytes this gateway takes (server.max_upload_bytes)`,
  );
}
