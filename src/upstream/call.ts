import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import {
  DEFAULT_TIMEOUTS,
  type Timeouts,
  type UpstreamAnswer,
  type UpstreamRequest,
} from './answer.js';
import { Attempt } from './attempt.js';
import { openSigner } from './auth/credentials.js';
import type { Signer } from './auth/signer.js';
import { ConnectionPool } from './connection-pool.js';
import { type Provider, SIMULATION } from './providers.js';
import { openSimulation, type SpeedOf } from './simulation.js';
import { UpstreamError } from './upstream-error.js';

/** The HTTP client for upstreams. */
export interface Upstreams {
  /**
   * Makes one attempt at one upstream. Resolves at the first body byte of a stream and at the last byte
   * of everything else, whatever the status; redirects are not followed.
   *
   * @throws {UpstreamError} `upstream_failed`, `upstream_timeout`, `upstream_cut` (a whole answer
   *   that broke off), `upstream_auth_failed` (credentials could not be obtained) or `client_closed`
   */
  call(request: UpstreamRequest): Promise<UpstreamAnswer>;
  /** Closes every connection; calls in flight fail. */
  close(): Promise<void>;
}

export interface UpstreamsOptions {
  /** By name; an upstream of any other provider is a bug. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  /** The gateway's version, for `user-agent`. */
  readonly version: string;
  readonly timeouts?: Partial<Timeouts>;
  /** The speed of simulated models; by default as fast as the answer is read. */
  readonly simulatedSpeed?: SpeedOf;
}

/** State shared by all requests to one provider. */
interface Route {
  readonly pool: ConnectionPool;
  readonly provider: Provider;
  readonly wholeHeaders: string[];
  readonly streamHeaders: string[];
  /** Signs each request; `null` if fixed headers authenticate it. */
  readonly sign: Signer | null;
}

/** Opens no connection before the first call. Close it to end the process cleanly. */
export function openUpstreams(options: UpstreamsOptions): Upstreams {
  const { clock } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const simulation = openSimulation({ clock, speedOf: options.simulatedSpeed });
  const routes = new Map<string, Route>();

  function routeTo(name: string): Route {
    const known = routes.get(name);
    if (known !== undefined) return known;
    const provider = options.providers.get(name);
    if (provider === undefined) throw new Error(`provider ${name} is not configured`);
    const { connections, proxy } = provider;
    const { connectMs } = timeouts;
    const credentials = provider.secretCredentials();
    const route = {
      pool: new ConnectionPool(provider.origin, { connections, connectMs, proxy }),
      provider,
      wholeHeaders: headersOf(provider, options.version, 'application/json'),
      streamHeaders: headersOf(provider, options.version, provider.streamType),
      sign: credentials === null ? null : openSigner(credentials, clock, provider.proxies),
    };
    routes.set(name, route);
    return route;
  }

  function send(
    request: UpstreamRequest,
    route: Route,
    headers: string[],
  ): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const dispatch: Dispatcher.DispatchOptions = {
        path: pathFor(request, route.provider),
        method: request.method ?? METHOD,
        headers,
        body: bodyOf(request),
      };
      const context = { pool: route.pool, options: dispatch, clock, timeouts };
      const attempt = new Attempt(request, context, resolve, reject);
      if (request.signal.aborted) attempt.handleEvent();
      else route.pool.dispatch(dispatch, attempt);
    });
  }

  return {
    async call(request) {
      if (request.upstream.provider === SIMULATION) return simulation.call(request);
      const route = routeTo(request.upstream.provider);
      const headers = headersFor(request, route);
      if (route.sign === null) return send(request, route, headers);
      const proof = await proofFor(request, route.provider, route.sign);
      return send(request, route, [...headers, ...proof]);
    },
    async close() {
      await Promise.all([...routes.values()].map(({ pool }) => pool.close()));
    },
  };
}

const METHOD = 'POST';

function bodyOf({ method = METHOD, body, upload }: UpstreamRequest): Buffer | Readable | null {
  // Some servers wait for the body of a GET that announces one, even an empty one.
  return upload ?? (method === METHOD ? body : null);
}

function pathFor(request: UpstreamRequest, provider: Provider): string {
  const { path, counting, upstream, stream, dialect } = request;
  if (path !== undefined) return provider.siblingPath(path, upstream.upstreamModel);
  if (counting === true && provider.countPath !== null) return provider.countPath;
  return provider.pathFor(upstream.upstreamModel, stream, dialect);
}

async function proofFor(
  request: UpstreamRequest,
  provider: Provider,
  sign: Signer,
): Promise<readonly string[]> {
  const url = provider.origin + pathFor(request, provider);
  try {
    return await sign({ method: request.method ?? METHOD, url, body: request.body });
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause;
    const message = `${request.upstream.id}: ${cause.message}`;
    throw new UpstreamError(cause.code, message, { sent: false, cause });
  }
}

function headersFor({ headers = [], stream }: UpstreamRequest, route: Route): string[] {
  const usual = stream ? route.streamHeaders : route.wholeHeaders;
  if (headers.length === 0) return usual;
  const replaced = new Set(headers.filter((_, i) => i % 2 === 0));
  const kept = usual.filter((_, i) => !replaced.has(usual[i - (i % 2)] ?? ''));
  return [...kept, ...headers];
}

/** Names and values, alternating; built once per provider, as they are the same for every request. */
function headersOf(provider: Provider, version: string, accept: string): string[] {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept,
    'accept-encoding': 'identity',
    'user-agent': `suffice/${version}`,
    ...provider.secretHeaders(),
  };
  return Object.entries(headers).flat();
}
