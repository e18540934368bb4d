import { Client, request } from 'undici';
import type { ProxyChoice } from '../proxy/proxy-choice.js';
import { Tunnels } from '../proxy/tunnels.js';

/** A request to an endpoint that issues temporary credentials. */
export interface CredentialRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, including the connection. */
  readonly timeoutMs: number;
}

/** Sends one request, through a proxy if one is configured for the URL, and reads the answer whatever its status. */
export async function sendCredentialRequest(
  url: string,
  { timeoutMs, ...options }: CredentialRequest,
  proxies: ProxyChoice,
): Promise<{ readonly status: number; readonly text: string }> {
  const tunnel = tunnelTo(new URL(url), timeoutMs, proxies);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const reply = await request(url, { ...options, signal, ...(tunnel && { dispatcher: tunnel }) });
    return { status: reply.statusCode, text: await reply.body.text() };
  } finally {
    await tunnel?.destroy();
  }
}

/** Opens a connection for one exchange; keeping it would be useless, because the next exchange is hours later. */
function tunnelTo(url: URL, timeoutMs: number, proxies: ProxyChoice): Client | null {
  const proxy = proxies.proxyFor(url);
  if (proxy === null) return null;
  // Half of the time, so that a proxy that does not answer is reported as the cause of the timeout.
  const { connect } = new Tunnels(proxy, { timeoutMs: timeoutMs / 2 });
  return new Client(url.origin, { connect });
}
