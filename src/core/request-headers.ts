/** Headers of a request, names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Headers with the client's own request id: OpenAI's, and that of most proxies and frameworks. */
const ID_HEADERS = ['x-client-request-id', 'x-request-id'] as const;

/** As much of an id as tells requests apart; longer ones are cut. */
const MAX_ID_CHARS = 128;

/** The request id that the client, or a proxy in front of the gateway, has set; `undefined` if there is none. */
export function clientRequestIdOf(headers: RequestHeaders): string | undefined {
  for (const name of ID_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value.slice(0, MAX_ID_CHARS);
  }
  return undefined;
}
