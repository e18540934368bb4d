import { Client, request } from 'undici';
import type { ProxyChoice } from '../proxy/proxy-choice.js';
import { Tunnels } from '../proxy/tunnels.js';

/** What is sent to an address that lends a proof of who asks. */
export interface CredentialRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything together. */
  readonly timeoutMs: number;
}

/** Sends one request, by way of the proxy to its place if there is one, and reads the answer whatever its status. */
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

/** A connection for one exchange: they are hours apart. */
function tunnelTo(url: URL, timeoutMs: number, proxies: ProxyChoice): Client | null {
  const proxy = proxies.proxyFor(url);
  if (proxy === null) return null;
  // Half of the time, so that a proxy that says nothing is told of as such.
  const { connect } = new Tunnels(proxy, { timeoutMs: timeoutMs / 2 });
  return new Client(url.origin, { connect });
}
