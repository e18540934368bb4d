/** Headers of a request, names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Where clients say their own id of a request: as OpenAI has it, and as most proxies and frameworks do. */
const ID_HEADERS = ['x-client-request-id', 'x-request-id'] as const;

/** As much of an id as tells requests apart; longer ones are cut. */
const MAX_ID_CHARS = 128;

/** The id under which the client, or a proxy before the gateway, knows a request; `undefined` where it says none. */
export function clientRequestIdOf(headers: RequestHeaders): string | undefined {
  for (const name of ID_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value.slice(0, MAX_ID_CHARS);
  }
  return undefined;
}
