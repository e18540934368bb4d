import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser may remember what it was allowed. */
const REMEMBERED_S = 600;

/**
 * Lets a web page read the reply, if pages of its origin may ask.
 *
 * @returns whether they may
 */
export function allowOrigin(
  req: IncomingMessage,
  res: ServerResponse,
  isAllowed: (origin: string) => boolean,
): boolean {
  const { origin } = req.headers;
  if (origin === undefined || !isAllowed(origin)) return false;
  // The origin itself instead of `*`: what a cache between keeps for one page is not for another.
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('vary', 'origin');
  // Which model answered, and what it cost, stands in headers.
  res.setHeader('access-control-expose-headers', '*');
  if (isPreflight(req)) allowRequest(req, res);
  return true;
}

/** Whether a browser only asks whether it may ask. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function allowRequest({ headers }: IncomingMessage, res: ServerResponse): void {
  res.setHeader('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS');
  const wanted = headers['access-control-request-headers'];
  // `*` would not cover `authorization`, and clients send headers that nobody can list.
  if (wanted !== undefined) res.setHeader('access-control-allow-headers', wanted);
  res.setHeader('access-control-max-age', String(REMEMBERED_S));
}
