import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser may cache a preflight. */
const MAX_AGE_S = 600;

/**
 * Adds CORS headers if web pages of the request's origin are allowed.
 *
 * @returns whether they are allowed
 */
export function allowOrigin(
  req: IncomingMessage,
  res: ServerResponse,
  isAllowed: (origin: string) => boolean,
): boolean {
  const { origin } = req.headers;
  if (origin === undefined || !isAllowed(origin)) return false;
  // The origin itself instead of `*`, with `vary`: an intermediate cache must not serve one page's reply to another.
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('vary', 'origin');
  // Headers say which model answered and what it cost.
  res.setHeader('access-control-expose-headers', '*');
  if (isPreflight(req)) allowRequest(req, res);
  return true;
}

/** Whether the request is a CORS preflight. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function allowRequest({ headers }: IncomingMessage, res: ServerResponse): void {
  res.setHeader('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS');
  const requested = headers['access-control-request-headers'];
  // `*` would not cover `authorization`, and clients send headers that cannot be listed in advance.
  if (requested !== undefined) res.setHeader('access-control-allow-headers', requested);
  res.setHeader('access-control-max-age', String(MAX_AGE_S));
}
