import type { IncomingMessage } from 'node:http';
import type { Express, Request, Response } from 'express';
import { GatewayError } from '../core/errors.js';
import { anthropic } from '../dialects/anthropic/anthropic.js';
import { textOrNull } from '../dialects/json.js';
import { editRequest } from '../dialects/openai/edit.js';
import { openai } from '../dialects/openai/openai.js';
import { parseBody } from '../dialects/request-check.js';
import type { PassedRequest } from '../request/passing.js';
import type { Pipeline } from '../pipeline.js';
import type { PlainDesk } from '../request/plain-desk.js';
import { readBody } from './body.js';
import type { ClientLimits } from './chat.js';
import { departureOf, sendExchange } from './deliver.js';
import { plainForm } from './reply.js';
import { readUpload, type Upload } from './upload.js';

/** What goes through as it is, by method. */
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

/** A batch tells its usage as often as it is asked for. */
const STORED = /^\/(?:files|batches|messages\/batches)\b/;

/** Headers that say what a body means, or what is wanted: they go where it goes. */
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

/** Images, speech, moderations, reranking, files and batches: admitted, booked, and otherwise left alone. */
export function passedRoutes(
  app: Express,
  pipeline: Pipeline,
  plain: PlainDesk,
  limits: () => ClientLimits,
): void {
  const handle = async (req: Request, res: Response): Promise<void> => {
    const signal = departureOf(res);
    const caller = pipeline.admit(req.headers);
    const { patience, ...most } = limits();
    const dialect = speaksAnthropic(req) ? 'anthropic' : 'openai';
    const { path, provider } = addressIn(req);
    const { model, ...body } = await bodyOf(req, res, { ...most, provider });
    const method = req.method as PassedRequest['method'];
    const request = { method, path, isWork: !STORED.test(path), ...body };
    const wanted = { provider, model, dialect } as const;
    const { headers } = req;
    const { exchange, head } = await plain.pass({ headers, request, wanted, caller, signal });
    const { writeError } = dialect === 'openai' ? openai : anthropic;
    sendExchange(res, exchange, {
      patience,
      writeError,
      ...(head !== null && { form: plainForm(head.contentType, head.status) }),
      ...(head?.disposition != null && { headers: { 'content-disposition': head.disposition } }),
    });
  };
  app.post([...PASSED.post], handle);
  app.get([...PASSED.get], handle);
  app.delete([...PASSED.delete], handle);
}

/** The provider that a request names beside itself, and its address without what is for the gateway. */
function addressIn(req: Request): { readonly path: string; readonly provider: string | null } {
  // Of several question marks only the first begins the query.
  const [path = '', ...rest] = req.originalUrl.split('?');
  const query = rest.join('?');
  if (leadsElsewhere(path)) {
    throw new GatewayError('not_found', `there is no ${req.method} ${path} here`);
  }
  const named = new URLSearchParams(query).get('provider');
  const kept = query.split('&').filter((pair) => pair !== '' && !/^(provider|key)=/.test(pair));
  const header = req.headers['x-suffice-provider'];
  return {
    path: path.replace(/^\/v1/, '') + (kept.length > 0 ? `?${kept.join('&')}` : ''),
    provider: textOrNull(header) ?? textOrNull(named),
  };
}

/** Dots between slashes stand for the folder above, with parameters behind them as well. */
const ELSEWHERE = /(?:^|\/)\.+(?:;[^/]*)?(?:\/|$)|[\\\p{Cc}]/u;

/** Servers, and proxies before them, decode a path once or twice before they follow it. */
const MOST_DECODED = 3;

/** Whether a path could be followed to another place than it names: the gateway's own key goes with what is asked there. */
function leadsElsewhere(path: string): boolean {
  let read = path;
  for (let i = 0; i <= MOST_DECODED; i++) {
    if (ELSEWHERE.test(read)) return true;
    read = read.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return false;
}

interface ReadBody extends Pick<PassedRequest, 'written' | 'isRepeatable'> {
  readonly model: string | null;
}

interface BodyTerms extends Pick<ClientLimits, 'maxBodyBytes' | 'maxUploadBytes'> {
  /** That the request names beside itself. */
  readonly provider: string | null;
}

async function bodyOf(
  req: Request,
  res: Response,
  { maxBodyBytes, maxUploadBytes, provider }: BodyTerms,
): Promise<ReadBody> {
  const headers = forwarded(req);
  if (req.method !== 'POST') {
    const written = () => ({ headers, body: Buffer.alloc(0) });
    return { model: null, written, isRepeatable: true };
  }
  const { 'content-type': type = 'application/json' } = req.headers;
  if (!/^application\/json\b/i.test(type)) {
    // Whoever names the provider beside the request calls the model what the provider calls it.
    const upload = await readUpload(req, maxUploadBytes, provider === null);
    // What an answer, or a refusal, leaves unread must not be in the way of the next request.
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
    // Most of it is still on its way here, and is not kept.
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
