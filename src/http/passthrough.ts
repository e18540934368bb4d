import type { IncomingMessage } from 'node:http';
import type { Express, Request, Response } from 'express';
import { GatewayError } from '../core/errors.js';
import { anthropic } from '../dialects/anthropic/anthropic.js';
import { textOrNull } from '../dialects/json.js';
import { editRequest } from '../dialects/openai/edit.js';
import { openai } from '../dialects/openai/openai.js';
import { parseBody } from '../dialects/request-check.js';
import type { PassthroughRequest } from '../request/passthrough.js';
import type { Pipeline } from '../pipeline.js';
import type { NonChatService } from '../request/non-chat-service.js';
import { readBody } from './body.js';
import type { ClientLimits } from './chat.js';
import { disconnectSignal, sendExchange } from './deliver.js';
import { rawForm } from './reply.js';
import { readUpload, type Upload } from './upload.js';

/** Paths that are passed through, by method. */
const PASSED = {
  post: [
    '/v1/images/generations',
    '/v1/images/edits',
    '/v1/images/variations',
    '/v1/audio/speech',
    '/v1/audio/transcriptions',
    '/v1/audio/translations',
    '/v1/moderations',
    '/v1/rerank',
    '/v1/files',
    '/v1/batches',
    '/v1/batches/:id/cancel',
    '/v1/messages/batches',
    '/v1/messages/batches/:id/cancel',
  ],
  get: [
    '/v1/files',
    '/v1/files/:id',
    '/v1/files/:id/content',
    '/v1/batches',
    '/v1/batches/:id',
    '/v1/messages/batches',
    '/v1/messages/batches/:id',
    '/v1/messages/batches/:id/results',
  ],
  delete: ['/v1/files/:id', '/v1/messages/batches/:id'],
} as const;

/** Stored objects: a batch reports its usage every time it is fetched. */
const STORED = /^\/(?:files|batches|messages\/batches)\b/;

/** Client headers that are forwarded. */
const FORWARDED = [
  'content-type',
  'accept',
  'idempotency-key',
  'openai-beta',
  'anthropic-version',
  'anthropic-beta',
];

/** Whether a client is one of Anthropic's. */
export function speaksAnthropic(req: IncomingMessage): boolean {
  return req.headers['anthropic-version'] !== undefined;
}

/** Images, speech, moderations, reranking, files and batches: admitted, settled, and otherwise passed through unchanged. */
export function passthroughRoutes(
  app: Express,
  pipeline: Pipeline,
  plain: NonChatService,
  limits: () => ClientLimits,
): void {
  const handle = async (req: Request, res: Response): Promise<void> => {
    const signal = disconnectSignal(res);
    const caller = pipeline.admit(req.headers);
    const { stallPolicy, ...most } = limits();
    const dialect = speaksAnthropic(req) ? 'anthropic' : 'openai';
    const { path, provider } = addressIn(req);
    const { model, ...body } = await bodyOf(req, res, { ...most, provider });
    const method = req.method as PassthroughRequest['method'];
    const request = { method, path, isWork: !STORED.test(path), ...body };
    const passTarget = { provider, model, dialect } as const;
    const { headers } = req;
    const { exchange, head } = await plain.pass({
      headers,
      request,
      target: passTarget,
      caller,
      signal,
    });
    const { writeError } = dialect === 'openai' ? openai : anthropic;
    sendExchange(res, exchange, {
      stallPolicy,
      writeError,
      ...(head !== null && { form: rawForm(head.contentType, head.status) }),
      ...(head?.disposition != null && { headers: { 'content-disposition': head.disposition } }),
    });
  };
  app.post([...PASSED.post], handle);
  app.get([...PASSED.get], handle);
  app.delete([...PASSED.delete], handle);
}

/** The provider named in the query or a header, and the address without parameters meant for the gateway. */
function addressIn(req: Request): { readonly path: string; readonly provider: string | null } {
  // Of several question marks only the first begins the query.
  const [path = '', ...rest] = req.originalUrl.split('?');
  const query = rest.join('?');
  if (hasTraversal(path)) {
    throw new GatewayError('not_found', `Unknown endpoint: ${req.method} ${path}.`);
  }
  const named = new URLSearchParams(query).get('provider');
  const kept = query.split('&').filter((pair) => pair !== '' && !/^(provider|key)=/.test(pair));
  const header = req.headers['x-suffice-provider'];
  return {
    path: path.replace(/^\/v1/, '') + (kept.length > 0 ? `?${kept.join('&')}` : ''),
    provider: textOrNull(header) ?? textOrNull(named),
  };
}

/** Dot segments, with path parameters as well (`..;a=b`), backslashes and control characters. */
const TRAVERSAL = /(?:^|\/)\.+(?:;[^/]*)?(?:\/|$)|[\\\p{Cc}]/u;

/** Servers, and proxies in front of them, may decode a path once or twice before they resolve it. */
const MAX_DECODES = 3;

/** Whether a path may be resolved to another than it seems to name: it is requested with the gateway's own key. */
function hasTraversal(path: string): boolean {
  let read = path;
  for (let i = 0; i <= MAX_DECODES; i++) {
    if (TRAVERSAL.test(read)) return true;
    read = read.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return false;
}

interface ReadBody extends Pick<PassthroughRequest, 'written' | 'isRepeatable'> {
  readonly model: string | null;
}

interface BodyOptions extends Pick<ClientLimits, 'maxBodyBytes' | 'maxUploadBytes'> {
  /** Named in the query or a header. */
  readonly provider: string | null;
}

async function bodyOf(
  req: Request,
  res: Response,
  { maxBodyBytes, maxUploadBytes, provider }: BodyOptions,
): Promise<ReadBody> {
  const headers = forwarded(req);
  if (req.method !== 'POST') {
    const written = () => ({ headers, body: Buffer.alloc(0) });
    return { model: null, written, isRepeatable: true };
  }
  const { 'content-type': type = 'application/json' } = req.headers;
  if (!/^application\/json\b/i.test(type)) {
    // A client that names the provider uses the provider's own name of the model.
    const upload = await readUpload(req, maxUploadBytes, provider === null);
    // The unread rest of the upload must not block the next request on the connection.
    res.once('finish', upload.discard);
    return uploaded(upload, headers);
  }
  const body = await readBody(req, maxBodyBytes);
  const model = body.length === 0 ? null : textOrNull(parseBody(body)['model']);
  const request = { body, stream: false, includeUsage: false };
  return {
    model,
    isRepeatable: true,
    written: ({ upstreamModel }) => ({
      headers,
      body: model === null ? body : editRequest(request, { model: upstreamModel, askUsage: false }),
    }),
  };
}

function uploaded(upload: Upload, headers: readonly string[]): ReadBody {
  const { head, model, bytes } = upload;
  return {
    model: model?.value ?? null,
    // Most of it is still being received, and is not buffered.
    isRepeatable: false,
    written: ({ upstreamModel }) => {
      const named = model === null ? head : renamed(head, model, upstreamModel);
      const length =
        bytes === null ? [] : ['content-length', String(bytes + named.length - head.length)];
      const body = Buffer.alloc(0);
      return { headers: [...headers, ...length], body, upload: upload.with(named) };
    },
  };
}

function renamed(head: Buffer, model: NonNullable<Upload['model']>, name: string): Buffer {
  const end = model.start + Buffer.byteLength(model.value);
  return Buffer.concat([head.subarray(0, model.start), Buffer.from(name), head.subarray(end)]);
}

function forwarded({ headers }: IncomingMessage): string[] {
  return FORWARDED.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [name, Array.isArray(value) ? value.join(',') : value];
  });
}
